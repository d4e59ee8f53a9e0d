package io.rpcspring.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.rpcspring.server.security.BadCredential;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page about security says what tests have seen.
 */
class SecurityPageTests {

    @Test
    void tableOfBadCredentialsIsThatOfTheTests() throws IOException {
        List<String> rows = Files.readString(Documentation.ROOT.resolve("docs/security.md"))
            .lines()
            .filter((line) -> line.matches("\\| .+ \\| `(UNAUTHENTICATED|PERMISSION_DENIED): .+` \\| `[A-Z_]+` \\|"))
            .toList();
        assertThat(rows)
            .containsExactlyElementsOf(Arrays.stream(BadCredential.values()).map(BadCredential::row).toList());
    }

}
