package io.rpcspring.propagation;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is registered for context-propagation follows its call.
 */
@ExtendWith(OutputCaptureExtension.class)
class RegisteredThreadLocalsTests {

    private final ThreadLocal<String> team = new ThreadLocal<>();

    private final ContextRegistry registry = new ContextRegistry().registerThreadLocalAccessor("team", this.team);

    private final RegisteredThreadLocals threadLocals = withMdc(this.registry);

    private static RegisteredThreadLocals withMdc(ContextRegistry registry) {
        return new RegisteredThreadLocals(registry::getThreadLocalAccessors, new MdcThreadLocals());
    }

    @AfterEach
    void leaveNothing() {
        MDC.clear();
    }

    @Test
    void whatIsTakenIsGoneHereAndThereElsewhere() throws Exception {
        this.team.set("maps");
        MDC.put("user", "anna");
        Object taken = Objects.requireNonNull(this.threadLocals.take());
        assertThat(this.team.get()).isNull();
        assertThat(MDC.get("user")).isNull();
        assertThat(this.threadLocals.take()).isNull();
        for (int thread = 0; thread < 2; thread++) {
            assertThat(Threads.onAnother(() -> {
                this.threadLocals.put(taken);
                String there = this.team.get() + " " + MDC.get("user");
                this.threadLocals.take();
                return there + " " + this.team.get() + " " + MDC.get("user");
            })).isEqualTo("maps anna null null");
        }
    }

    @Test
    void eachFollowsWithoutTheOther() {
        this.team.set("maps");
        this.threadLocals.put(Objects.requireNonNull(this.threadLocals.take()));
        assertThat(this.team.get()).isEqualTo("maps");
        this.threadLocals.take();
        MDC.put("user", "anna");
        this.threadLocals.put(Objects.requireNonNull(this.threadLocals.take()));
        assertThat(MDC.get("user")).isEqualTo("anna");
        assertThat(this.team.get()).isNull();
    }

    @Test
    void copyLeavesWhatItCopies() {
        this.team.set("maps");
        MDC.put("user", "anna");
        assertThat(this.threadLocals.copy()).isNotNull();
        assertThat(this.team.get()).isEqualTo("maps");
        assertThat(MDC.get("user")).isEqualTo("anna");
    }

    @Test
    void nothingCostsNoMemory() {
        this.registry.registerThreadLocalAccessor(new ObservationThreadLocalAccessor());
        assertThat(Threads.allocatedBy(this.threadLocals::take)).isLessThan(2);
        assertThat(Threads.allocatedBy(this.threadLocals::copy)).isLessThan(2);
    }

    @Test
    void whatIsRegisteredBeforeTheFirstCallFollows() {
        ThreadLocal<String> late = new ThreadLocal<>();
        this.registry.registerThreadLocalAccessor("late", late);
        late.set("maps");
        assertThat(this.threadLocals.take()).isNotNull();
        assertThat(late.get()).isNull();
    }

    @Test
    void brokenOnesAreLoggedOnceAndTheOthersFollow(CapturedOutput output) {
        this.registry.registerThreadLocalAccessor(new Broken());
        this.team.set("maps");
        Object copy = Objects.requireNonNull(this.threadLocals.copy());
        assertThat(this.threadLocals.take()).isNotNull();
        this.threadLocals.put(copy);
        assertThat(this.team.get()).isEqualTo("maps");
        assertThat(output)
            .containsOnlyOnce("The thread-local 'broken' may not follow its calls; more of this is not logged");
    }

    @Test
    void brokenRegistryLeavesTheLoggingContext(CapturedOutput output) {
        RegisteredThreadLocals broken = new RegisteredThreadLocals(() -> {
            throw new NoClassDefFoundError("broken");
        }, new MdcThreadLocals());
        MDC.put("user", "anna");
        broken.put(Objects.requireNonNull(broken.take()));
        assertThat(MDC.get("user")).isEqualTo("anna");
        assertThat(output).containsOnlyOnce("What is registered for context-propagation may not follow its calls");
    }

    @Test
    void oneThatIsNeverEmptyIsClearedOnce() {
        AtomicInteger made = new AtomicInteger();
        ThreadLocal<Integer> number = ThreadLocal.withInitial(made::incrementAndGet);
        RegisteredThreadLocals numbers = withMdc(new ContextRegistry().registerThreadLocalAccessor("number", number));
        Object first = Objects.requireNonNull(numbers.take());
        assertThat(number.get()).isEqualTo(2);
        numbers.put(first);
        assertThat(number.get()).isOne();
    }

    @Test
    void theApplicationsRegistryIsOnlyRead() {
        ContextRegistry global = ContextRegistry.getInstance();
        List<ThreadLocalAccessor<?>> before = List.copyOf(global.getThreadLocalAccessors());
        ObservationThreadLocalAccessor observations = ObservationThreadLocalAccessor.getInstance();
        RegisteredThreadLocals ours = new RegisteredThreadLocals(new MdcThreadLocals());
        MDC.put("user", "anna");
        ours.put(Objects.requireNonNull(ours.take()));
        assertThat(global.getThreadLocalAccessors()).isEqualTo(before);
        assertThat(ObservationThreadLocalAccessor.getInstance()).isSameAs(observations);
    }

    @Test
    void theLoggingContextFollowsWholeAlsoIfThatOfTheApplicationSelects() {
        this.registry.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor("user"));
        MDC.put("user", "anna");
        MDC.put("place", "Tokyo");
        Object taken = Objects.requireNonNull(this.threadLocals.take());
        assertThat(MDC.get("place")).isNull();
        this.threadLocals.put(taken);
        assertThat(MDC.get("user") + " in " + MDC.get("place")).isEqualTo("anna in Tokyo");
    }

    @Test
    void withoutLoggingTheOthersFollow() {
        RegisteredThreadLocals alone = new RegisteredThreadLocals(this.registry::getThreadLocalAccessors, null);
        assertThat(alone.take()).isNull();
        this.team.set("maps");
        alone.put(Objects.requireNonNull(alone.take()));
        assertThat(this.team.get()).isEqualTo("maps");
    }

    /** Throws whatever it is asked. */
    private static final class Broken implements ThreadLocalAccessor<String> {

        @Override
        public Object key() {
            return "broken";
        }

        @Override
        public String getValue() {
            throw new IllegalStateException("broken");
        }

        @Override
        public void setValue(String value) {
            throw new IllegalStateException("broken");
        }

        @Override
        public void setValue() {
            throw new IllegalStateException("broken");
        }

    }

}
