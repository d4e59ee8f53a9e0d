package io.rpcspring.test;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests in JUnit's parallel mode, of all classes and all methods.
 */
class ParallelTests {

    private static final String PARALLEL = "junit.jupiter.execution.parallel.";

    @Test
    void contextsNestedTestsProfilesPortsAndSlicesDoNotClash() {
        TestExecutionSummary summary = Launch.of(
                Map.of(PARALLEL + "enabled", "true", PARALLEL + "mode.default", "concurrent",
                        PARALLEL + "mode.classes.default", "concurrent", PARALLEL + "config.strategy", "fixed",
                        PARALLEL + "config.fixed.parallelism", String.valueOf(AtOnce.TESTS)),
                AtOnce.InProcess.class, AtOnce.Slice.class, AtOnce.Port.class, AtOnce.Faulty.class);
        assertThat(summary.getFailures()).extracting(TestExecutionSummary.Failure::getException).isEmpty();
        assertThat(summary.getTestsSucceededCount()).isEqualTo(AtOnce.TESTS);
    }

}
