package io.rpcspring.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import io.rpcspring.RpcErrorReason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page about errors knows every reason.
 */
class ErrorsPageTests {

    private static final Pattern ROW = Pattern.compile("^\\| `([A-Z_]+)` \\| `[A-Z_]+`.* \\| .+ \\|$",
            Pattern.MULTILINE);

    @Test
    void pageHasEveryReason() throws IOException {
        Matcher row = ROW.matcher(Files.readString(Documentation.ROOT.resolve("docs/errors.md")));
        List<String> documented = row.results().map((match) -> match.group(1)).distinct().toList();
        assertThat(documented)
            .containsExactlyElementsOf(Arrays.stream(RpcErrorReason.values()).map(Enum::name).toList());
    }

}
