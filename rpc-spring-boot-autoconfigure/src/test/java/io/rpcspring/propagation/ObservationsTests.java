package io.rpcspring.propagation;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Scopes of observations are closed on the thread that they were opened on.
 */
class ObservationsTests {

    private final List<String> scopes = new ArrayList<>();

    private final ObservationRegistry observations = ObservationRegistry.create();

    private final RegisteredThreadLocals threadLocals = new RegisteredThreadLocals(
            new ContextRegistry().registerThreadLocalAccessor(
                    new ObservationThreadLocalAccessor(this.observations))::getThreadLocalAccessors,
            new MdcThreadLocals());

    @BeforeEach
    void observe() {
        this.observations.observationConfig().observationHandler(new Tracer());
    }

    @AfterEach
    void leaveNothing() {
        MDC.clear();
    }

    @Test
    void openScopeIsClosedHereAndOpenedElsewhere() throws Exception {
        Observation call = Observation.start("call", this.observations);
        call.openScope();
        Object taken = Objects.requireNonNull(this.threadLocals.take());
        assertThat(this.observations.getCurrentObservationScope()).isNull();
        assertThat(Threads.onAnother(() -> {
            this.threadLocals.put(taken);
            Observation there = this.observations.getCurrentObservation();
            this.threadLocals.take();
            return there == call && this.observations.getCurrentObservationScope() == null;
        })).isTrue();
        assertThat(this.scopes).containsExactly("main +call", "main -call", "another +call", "another -call");
    }

    @Test
    void copyIsUndoneByTakeAndTheCallsOwnScopeStays() throws Exception {
        Observation call = Observation.start("call", this.observations);
        try (Observation.Scope scope = call.openScope()) {
            Object copy = Objects.requireNonNull(this.threadLocals.copy());
            Threads.onAnother(() -> {
                this.threadLocals.put(copy);
                return this.threadLocals.take();
            });
            assertThat(this.observations.getCurrentObservationScope()).isSameAs(scope);
        }
        assertThat(this.scopes).containsExactly("main +call", "another +call", "another -call", "main -call");
        assertThat(this.threadLocals.take()).isNull();
    }

    @Test
    void scopesThatNobodyClosesAreClosedToo() {
        Observation call = Observation.start("call", this.observations);
        Observation query = Observation.start("query", this.observations);
        call.openScope();
        query.openScope();
        query.openScope();
        Object taken = Objects.requireNonNull(this.threadLocals.take());
        assertThat(this.observations.getCurrentObservationScope()).isNull();
        this.threadLocals.put(taken);
        assertThat(this.observations.getCurrentObservation()).isSameAs(query);
        this.threadLocals.take();
        assertThat(this.scopes.stream().filter((scope) -> scope.contains("+")))
            .hasSameSizeAs(this.scopes.stream().filter((scope) -> scope.contains("-")).toList());
    }

    @Test
    void loggingContextThatScopesChangeFollowsAsItWas() {
        MDC.put("trace", "set by an interceptor");
        Observation.start("call", this.observations).openScope();
        assertThat(MDC.get("trace")).isEqualTo("call");
        Object taken = Objects.requireNonNull(this.threadLocals.take());
        assertThat(MDC.get("trace")).as("restored by the scope's end, and gone").isNull();
        this.threadLocals.put(taken);
        assertThat(MDC.get("trace")).isEqualTo("call");
        this.threadLocals.take();
        assertThat(MDC.get("trace")).isNull();
    }

    /** Logs the observation's name as tracers log theirs, and writes down scopes. */
    private final class Tracer implements ObservationHandler<Observation.Context> {

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        @Override
        public void onScopeOpened(Observation.Context context) {
            String before = MDC.get("trace");
            if (before != null) {
                context.put("before", before);
            }
            MDC.put("trace", context.getName());
            write("+", context);
        }

        @Override
        public void onScopeClosed(Observation.Context context) {
            String before = context.get("before");
            if (before != null) {
                MDC.put("trace", before);
            }
            else {
                MDC.remove("trace");
            }
            write("-", context);
        }

        private void write(String what, Observation.Context context) {
            ObservationsTests.this.scopes.add(Thread.currentThread().getName() + " " + what + context.getName());
        }

    }

}
