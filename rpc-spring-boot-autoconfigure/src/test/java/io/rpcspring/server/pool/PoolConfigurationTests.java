package io.rpcspring.server.pool;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.RpcService;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Which pool a method gets, and what configuration is refused.
 */
@ExtendWith(OutputCaptureExtension.class)
class PoolConfigurationTests {

    private static final String SERVICE = "rpc.server.services.[places.v1.Places].";

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    @Test
    void twoPoolsExistWithoutConfiguration() {
        this.runner.withBean(BusyPlaces.class).run((context) -> {
            assertThat(threadOfFind(context)).matches("rpc-default-\\d");
            assertThat(threadOfWithin(context)).matches("rpc-streams-\\d");
        });
    }

    @Test
    void annotationNamesThePoolOfAllMethods() {
        this.runner.withBean(PooledPlaces.class)
            .withPropertyValues("rpc.server.pools.reports.size=4")
            .run((context) -> {
                assertThat(threadOfFind(context)).matches("rpc-reports-\\d");
                assertThat(threadOfWithin(context)).matches("rpc-reports-\\d");
            });
    }

    @Test
    void configurationOfServiceWinsOverAnnotationAndThatOfMethodOverBoth() {
        this.runner.withBean(PooledPlaces.class)
            .withPropertyValues("rpc.server.pools.slow.size=4", "rpc.server.pools.bulk.type=platform",
                    SERVICE + "pool=slow", SERVICE + "methods.Within.pool=bulk")
            .run((context) -> {
                assertThat(threadOfFind(context)).matches("rpc-slow-\\d");
                assertThat(threadOfWithin(context)).matches("rpc-bulk-\\d");
            });
    }

    @Test
    void poolNobodyUsesIsNamed(CapturedOutput output) {
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.reports.size=4")
            .run((context) -> assertThat(output).contains("WARN")
                .contains("No service and no method uses the pool 'reports'"));
    }

    @Test
    void directPoolRunsOnTheTransportsThreadAndHasNothingToCount() {
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.quick.type=direct", SERVICE + "methods.Find.pool=quick")
            .run((context) -> {
                assertThat(threadOfFind(context)).doesNotStartWith("rpc-");
                assertThat(context.getBean(RpcServer.class).poolStatistics()).containsOnlyKeys("default", "streams");
            });
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsAreNamedAfterTheirPool() {
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.default.type=virtual")
            .run((context) -> assertThat(threadOfFind(context)).isNotEqualTo(threadOfFind(context))
                .matches("rpc-default-\\d"));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void autoFollowsTheApplication() {
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues("spring.threads.virtual.enabled=true")
            // Those of the tests before may still be ending.
            .run((context) -> await().untilAsserted(() -> assertThat(threadsOfThePlatform(context)).isZero()));
        this.runner.withBean(BusyPlaces.class).run((context) -> assertThat(threadsOfThePlatform(context)).isPositive());
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_20)
    void virtualThreadsNeedAJvmThatHasThem() {
        assertRefused("rpc.server.pools.bulk.type=virtual",
                "rpc.server.pools.bulk.type is virtual, but this JVM (Java 17) has no virtual threads."
                        + " Run on Java 21 or newer, or set rpc.server.pools.bulk.type to platform or auto.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    rpc.server.pools.a.size=0               | rpc.server.pools.a.size is 0, which is not from 1 to 1000000. Set it to a number of calls in this range.
                    rpc.server.pools.a.queue-capacity=-1    | rpc.server.pools.a.queue-capacity is -1, which is not from 0 to 1000000. Set it to a number of calls in this range.
                    rpc.server.pools.a.queue-timeout=0      | rpc.server.pools.a.queue-timeout is 0s, which is less than 1ms. Set rpc.server.pools.a.queue-timeout to 1ms or longer, such as 10s.
                    rpc.server.pools.a.queue-timeout=1ns    | rpc.server.pools.a.queue-timeout is 1ns, which is less than 1ms. Set rpc.server.pools.a.queue-timeout to 1ms or longer, such as 10s.
                    rpc.server.pools.a.queue-timeout=36501d | rpc.server.pools.a.queue-timeout is 36501d, which is longer than a century. Set rpc.server.pools.a.queue-timeout to 36500d or shorter.
                    rpc.server.pools.[a b].size=1           | rpc.server.pools has a pool called 'a b', which is no name for threads. Use letters, digits, hyphens and underscores.
                    """)
    void valueThatCannotWorkStopsTheStart(String property, String message) {
        assertRefused(property, message);
    }

    @WithLibrary("concurrency-limits-core")
    @Test
    void adaptiveLimitNeedsItsLibraryAndItsRange() {
        String adaptive = "rpc.server.pools.a.concurrency-limit=adaptive";
        this.runner.withBean(BusyPlaces.class)
            .withClassLoader(new FilteredClassLoader("com.netflix.concurrency"))
            .withPropertyValues(adaptive)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage("rpc.server.pools.a.concurrency-limit is adaptive,"
                        + " but Netflix concurrency-limits is not on the class path."
                        + " Add the dependency com.netflix.concurrency-limits:concurrency-limits-core."));
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues(adaptive, "rpc.server.pools.a.size=10", "rpc.server.pools.a.min-size=11")
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage("rpc.server.pools.a.min-size is 11, which is not from 1 to the size, 10."
                        + " Set it to the least calls that must always run at once."));
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues(adaptive, "rpc.server.pools.a.type=direct")
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage(
                        "rpc.server.pools.a.concurrency-limit is adaptive," + " but the pool has no size to stay below."
                                + " Set rpc.server.pools.a.size to the most calls that may run at once, such as 200."));
    }

    @Test
    void applicationWithoutTheLibraryOfAdaptiveLimitsServes() {
        this.runner.withBean(BusyPlaces.class)
            .withClassLoader(new FilteredClassLoader("com.netflix.concurrency"))
            .run((context) -> assertThat(threadOfFind(context)).matches("rpc-default-\\d"));
    }

    @Test
    void poolThatDoesNotExistStopsTheStart() {
        assertRefused(SERVICE + "pool=stream",
                "rpc.server.services.\"[places.v1.Places]\".pool is 'stream', but there is no such pool."
                        + " Pools: streams, default."
                        + " Correct the name, or configure the pool, as in rpc.server.pools.stream.size: 16.");
        assertRefused(SERVICE + "methods.Find.pool=defalt",
                "rpc.server.services.\"[places.v1.Places]\".methods.Find.pool is 'defalt', but there is no such pool."
                        + " Pools: default, streams."
                        + " Correct the name, or configure the pool, as in rpc.server.pools.defalt.size: 16.");
        this.runner.withBean("places", PooledPlaces.class)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage("The pool in @RpcService of the bean 'places' is 'reports', but there is no such pool."
                        + " Pools: default, streams."
                        + " Correct the name, or configure the pool, as in rpc.server.pools.reports.size: 16."));
    }

    @Test
    void serviceOrMethodThatDoesNotExistStopsTheStart() {
        assertRefused("rpc.server.services.[places.v2.Places].pool=default",
                "rpc.server.services names the service 'places.v2.Places', which no bean serves."
                        + " Served: places.v1.Places. Correct the name, or remove the entry.");
        assertRefused(SERVICE + "methods.Fnd.pool=default",
                "rpc.server.services.\"[places.v1.Places]\".methods names 'Fnd', which is no method of"
                        + " places.v1.Places. Its methods: Find, Notes, Travel, Within."
                        + " Correct the name, or remove the entry.");
    }

    @Test
    void directPoolIsRefusedToHandlersThatBlock() {
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.quick.type=direct", SERVICE + "methods.Notes.pool=quick")
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage("rpc.server.services.\"[places.v1.Places]\".methods.Notes.pool is 'quick', a pool of type"
                        + " direct, but places.v1.Places/Notes is a streaming method of a plain object, which blocks"
                        + " its thread while its stream lives: it would stop the transport."
                        + " Give the method a pool of another type, as in"
                        + " rpc.server.services.\"[places.v1.Places]\".methods.Notes.pool: streams."));
    }

    @Test
    void streamsPoolOfTypeDirectIsRefusedWhereAHandlerNeedsIt() {
        String message = "rpc.server.pools.streams.type is direct, but places.v1.Places/%s is a streaming method of a"
                + " plain object, which blocks its thread while its stream lives: it would stop the transport."
                + " Set rpc.server.pools.streams.type to auto, platform or virtual, or remove it.";
        assertRefused("rpc.server.pools.streams.type=direct", message.formatted("Within"));
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.streams.type=direct", "rpc.server.pools.slow.size=4",
                    SERVICE + "pool=slow", SERVICE + "methods.Notes.pool=streams")
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage(message.formatted("Notes")));
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.streams.type=direct", "rpc.server.pools.slow.size=4",
                    SERVICE + "pool=slow")
            .run((context) -> assertThat(threadOfWithin(context)).matches("rpc-slow-\\d"));
    }

    private void assertRefused(String property, String message) {
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues(property)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause().hasMessage(message));
    }

    private static String threadOfFind(AssertableApplicationContext context) {
        assertThat(context).hasNotFailed();
        try (Connection connection = Connection.to(context)) {
            return connection.places().find(PlaceName.getDefaultInstance()).getZone();
        }
    }

    private static int threadsOfThePlatform(AssertableApplicationContext context) {
        threadOfFind(context);
        return (int) Thread.getAllStackTraces()
            .keySet()
            .stream()
            .map(Thread::getName)
            .filter((name) -> name.startsWith("rpc-default-"))
            .count();
    }

    private static String threadOfWithin(AssertableApplicationContext context) {
        try (Connection connection = Connection.to(context)) {
            return connection.places().within(Area.getDefaultInstance()).next().getZone();
        }
    }

    /** Asks for a pool by annotation. */
    @RpcService(value = PlacesGrpc.class, pool = "reports")
    static class PooledPlaces extends BusyPlaces {

    }

}
