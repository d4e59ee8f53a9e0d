package io.rpcspring.server.security;

import java.util.Iterator;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.BadCredentialsException;

import io.rpcspring.RpcContext;

/**
 * Reads the {@code authorization} of a call.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2">RFC 9110</a>
 */
final class AuthorizationHeader {

    private static final Metadata.Key<String> KEY = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private AuthorizationHeader() {
    }

    static boolean isIn(RpcContext call) {
        return call.requestHeaders().containsKey(KEY);
    }

    /**
     * The credentials of one scheme.
     * @return empty if there is only the scheme; null if there is none, or another one
     * @throws BadCredentialsException if there is more than one
     */
    static @Nullable String credentials(RpcContext call, String scheme) {
        Iterable<String> all = call.requestHeaders().getAll(KEY);
        if (all == null) {
            return null;
        }
        Iterator<String> values = all.iterator();
        String value = values.next().strip();
        if (values.hasNext()) {
            throw new BadCredentialsException("There is more than one authorization");
        }
        int length = scheme.length();
        if (!value.regionMatches(true, 0, scheme, 0, length)) {
            return null;
        }
        boolean ends = value.length() == length;
        return ends ? "" : (value.charAt(length) == ' ') ? value.substring(length).strip() : null;
    }

}
