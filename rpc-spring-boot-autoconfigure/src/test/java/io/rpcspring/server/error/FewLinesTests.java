package io.rpcspring.server.error;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.stream.Stream;

import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How much of what clients provoke is logged.
 */
@ExtendWith(OutputCaptureExtension.class)
class FewLinesTests {

    private final Queue<Runnable> later = new ArrayDeque<>();

    private final FewLines lines = new FewLines(LogFactory.getLog(FewLinesTests.class), "They misbehaved",
            this.later::add);

    @Test
    void tenLinesAreWrittenAndTheOthersCounted(CapturedOutput output) {
        misbehave(7);
        assertThat(linesIn(output)).hasSize(10);
        assertThat(output).contains("misbehaviour 4")
            .contains("failure 4")
            .contains("IllegalStateException: cause 4")
            .doesNotContain("misbehaviour 5")
            .doesNotContain("cause 5");
        this.later.remove().run();
        assertThat(output).containsOnlyOnce("They misbehaved 4 more times within 10 s");
        misbehave(1);
        assertThat(linesIn(output)).hasSize(12);
        this.later.remove().run();
        assertThat(output).containsOnlyOnce("They misbehaved");
        assertThat(this.later).isEmpty();
    }

    private void misbehave(int times) {
        for (int i = 0; i < times; i++) {
            this.lines.warn("misbehaviour " + i);
            this.lines.error("failure " + i, new IllegalStateException("cause " + i));
        }
    }

    private static Stream<String> linesIn(CapturedOutput output) {
        return output.toString().lines().filter((line) -> line.contains("misbehaviour ") || line.contains("failure "));
    }

}
