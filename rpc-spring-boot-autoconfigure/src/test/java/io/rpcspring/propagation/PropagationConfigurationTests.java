package io.rpcspring.propagation;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.server.pool.ThreadLocals;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What follows calls depends on the class path.
 */
class PropagationConfigurationTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    @Test
    void allThatIsRegisteredFollowsCalls() {
        this.runner.run((context) -> {
            assertThat(context).hasNotFailed().hasSingleBean(RegisteredThreadLocals.class);
            assertThat(isMdcTaken(context.getBean(ThreadLocals.class))).isTrue();
        });
    }

    @Test
    void withoutContextPropagationTheLoggingContextFollows() {
        without(ThreadLocalAccessor.class).run((context) -> {
            assertThat(context).hasNotFailed().hasSingleBean(MdcThreadLocals.class);
            assertThat(isMdcTaken(context.getBean(ThreadLocals.class))).isTrue();
        });
    }

    @Test
    void withoutSlf4jTheOthersFollow() {
        without(MDC.class).run((context) -> {
            assertThat(context).hasNotFailed().hasSingleBean(RegisteredThreadLocals.class);
            assertThat(isMdcTaken(context.getBean(ThreadLocals.class))).isFalse();
        });
    }

    @Test
    void withoutBothNothingIsAsked() {
        without(ThreadLocalAccessor.class, MDC.class)
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ThreadLocals.class));
    }

    @Test
    void withoutServerNothingIsAsked() {
        this.runner.withPropertyValues("rpc.server.enabled=false")
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ThreadLocals.class));
    }

    @Test
    void theApplicationsOwnComesFirst() {
        this.runner.withBean(Own.class)
            .run((context) -> assertThat(context).getBean(ThreadLocals.class).isInstanceOf(Own.class));
        without(ThreadLocalAccessor.class).withBean(Own.class)
            .run((context) -> assertThat(context).getBean(ThreadLocals.class).isInstanceOf(Own.class));
    }

    private ApplicationContextRunner without(Class<?>... types) {
        return this.runner.withClassLoader(new FilteredClassLoader(types));
    }

    private static boolean isMdcTaken(ThreadLocals threadLocals) {
        MDC.put("user", "anna");
        threadLocals.take();
        boolean taken = MDC.get("user") == null;
        MDC.clear();
        return taken;
    }

    /** Leaves everything where it is. */
    static final class Own implements ThreadLocals {

        @Override
        public @Nullable Object take() {
            return null;
        }

        @Override
        public void clear() {
        }

        @Override
        public @Nullable Object copy() {
            return null;
        }

        @Override
        public void put(Object taken) {
        }

    }

}
