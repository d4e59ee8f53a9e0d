package io.rpcspring.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

/**
 * Proves that a WebSocket was opened by the console's own page.
 *
 * @param text as the page sends it
 */
record PageToken(String text) {

    private static final int BYTES = 32;

    static PageToken random() {
        byte[] token = new byte[BYTES];
        new SecureRandom().nextBytes(token);
        return new PageToken(Base64.getUrlEncoder().withoutPadding().encodeToString(token));
    }

    boolean is(@Nullable String claimed) {
        return claimed != null && MessageDigest.isEqual(claimed.getBytes(StandardCharsets.UTF_8),
                this.text.getBytes(StandardCharsets.UTF_8));
    }

}
