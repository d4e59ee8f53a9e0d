package io.rpcspring.propagation;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import ch.qos.logback.classic.util.LogbackMDCAdapter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The logging context follows its call, without any other library.
 */
@ExtendWith(OutputCaptureExtension.class)
class MdcThreadLocalsTests {

    private final MdcThreadLocals threadLocals = new MdcThreadLocals();

    @AfterEach
    void leaveNothing() {
        MDC.clear();
    }

    static Stream<MDCAdapter> adapters() {
        return Stream.of(new LogbackMDCAdapter(), new BasicMDCAdapter(), new AlwaysMap());
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void whatIsTakenIsGoneHereAndThereElsewhere(MDCAdapter mdc) throws Exception {
        MdcThreadLocals adapted = new MdcThreadLocals(mdc);
        mdc.put("user", "anna");
        Object taken = Objects.requireNonNull(adapted.take());
        assertThat(mdc.get("user")).isNull();
        assertThat(adapted.take()).isNull();
        String elsewhere = Threads.onAnother(() -> {
            adapted.put(taken);
            mdc.put("place", "Tokyo");
            return mdc.get("user");
        });
        assertThat(elsewhere).isEqualTo("anna");
        adapted.put(taken);
        assertThat(mdc.get("user")).isEqualTo("anna");
        assertThat(mdc.get("place")).as("put by the other thread on its own").isNull();
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void whatHasBecomeEmptyIsNothing(MDCAdapter mdc) {
        MdcThreadLocals adapted = new MdcThreadLocals(mdc);
        mdc.put("user", "anna");
        mdc.remove("user");
        assertThat(adapted.copy()).isNull();
        assertThat(adapted.take()).isNull();
    }

    @Test
    void copyLeavesWhatItCopiesAndDoesNotSeeWhatComesLater() {
        MDC.put("user", "anna");
        Object copy = Objects.requireNonNull(this.threadLocals.copy());
        MDC.put("user", "ben");
        assertThat(MDC.get("user")).isEqualTo("ben");
        this.threadLocals.put(copy);
        assertThat(MDC.get("user")).isEqualTo("anna");
    }

    @Test
    void loggingWithoutContextHasNothingToFollow() {
        MdcThreadLocals adapted = new MdcThreadLocals(new NOPMDCAdapter());
        assertThat(adapted.copy()).isNull();
        assertThat(adapted.take()).isNull();
        adapted.put(Map.of("user", "anna"));
        assertThat(adapted.take()).isNull();
    }

    @Test
    void emptyOnesCostNoMemory() {
        MDC.put("user", "anna");
        MDC.remove("user");
        assertThat(Threads.allocatedBy(this.threadLocals::take)).isLessThan(2);
        assertThat(Threads.allocatedBy(this.threadLocals::copy)).isLessThan(2);
    }

    @Test
    void brokenOnesAreLoggedOnce(CapturedOutput output) {
        MdcThreadLocals adapted = new MdcThreadLocals(new Broken());
        assertThat(adapted.take()).isNull();
        assertThat(adapted.copy()).isNull();
        adapted.put(Map.of("user", "anna"));
        adapted.clear();
        assertThat(output)
            .containsOnlyOnce("The logging context (MDC) may not follow its calls; more of this is not logged");
    }

    /** Answers a map when there is nothing, as Log4j2 does. */
    private static final class AlwaysMap extends BasicMDCAdapter {

        @Override
        public Map<String, String> getCopyOfContextMap() {
            Map<String, String> map = super.getCopyOfContextMap();
            return (map != null) ? map : new HashMap<>();
        }

    }

    private static final class Broken extends NOPMDCAdapter {

        @Override
        public @Nullable Map<String, String> getCopyOfContextMap() {
            throw new IllegalStateException("broken");
        }

        @Override
        public void setContextMap(Map<String, String> map) {
            throw new IllegalStateException("broken");
        }

        @Override
        public void clear() {
            throw new IllegalStateException("broken");
        }

    }

}
