package io.rpcspring.autoconfigure.names;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.Sources;
import io.rpcspring.fixture.StarterRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What files and arguments say below {@code rpc}, and nothing reads.
 */
class NamesCheckTests {

    private static final String REMOVE = " Correct the name, or remove it.";

    private static final String BRACKETS = " A name with other than letters, digits and hyphens stands in brackets.";

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rpc.server.prot                 | rpc.server.port, rpc.server.address, rpc.server.enabled
            rpc.servr.port                  | rpc.server.port, rpc.server.address, rpc.server.enabled
            rpc.observabilty.x              | rpc.observability.mdc, rpc.observability.names, rpc.observability.enabled
            rpc.server.pools.reports.sise   | rpc.server.pools.reports.size, rpc.server.pools.reports.type,\
             rpc.server.pools.reports.min-size
            rpc.server.services[a.B].pol    | rpc.server.services[a.B].pool, rpc.server.services[a.B].validation,\
             rpc.server.pools[a.B].size
            rpc.client.chanels.here.target  | rpc.client.channels.here.target, rpc.client.channels.here.targets,\
             rpc.client.channels.here.bearer
            rpc.server                      | rpc.server.port, rpc.server.address, rpc.server.enabled
            rpc.server.port.number          | rpc.server.port, rpc.server.pools.number.size,\
             rpc.server.pools.number.type
            """)
    void unknownNamesStopTheStart(String name, String nearest) {
        assertRefused("There is no property " + name + " (test). Nearest: " + nearest + "." + REMOVE, name + "=5");
    }

    @Test
    void thereAreAsManyLinesAsMistakesAndEachNamesItsPlace() {
        assertRefused(this.runner.withInitializer(Sources.yaml("""
                rpc:
                  servr:
                    port: 9090
                  client:
                    shutdown: { grase: 5s }
                """)),
                "There is no property rpc.servr.port (Byte array resource [application.yml] - 3:11). Nearest: rpc.server.port,"
                        + " rpc.server.address, rpc.server.enabled.\n"
                        + "There is no property rpc.client.shutdown.grase (Byte array resource [application.yml] - 5:24). Nearest:"
                        + " rpc.client.shutdown.grace, rpc.server.shutdown.grace, rpc.server.shutdown.delay." + REMOVE);
    }

    @ParameterizedTest
    @CsvSource({ "rpc.client.channels.my.places.target, rpc.client.channels, my.places, .target",
            "rpc.client.channels.a.b.c.keep-alive.time, rpc.client.channels, a.b.c, .keep-alive.time",
            "rpc.server.services.places.v1.Places.pool, rpc.server.services, places.v1.Places, .pool",
            "rpc.client.defaults.methods.places.v1.Places/Find.deadline, rpc.client.defaults.methods,"
                    + " places.v1.Places/Find, .deadline",
            "rpc.server.pools.my_pool.in.size, rpc.server.pools, my_pool.in, .size" })
    void keysWithDotsAreToldTheirBrackets(String name, String map, String key, String rest) {
        assertRefused("There is no property " + name + " (test)." + BRACKETS + " Write " + map + ".\"[" + key + "]\""
                + rest + " in YAML, " + map + ".[" + key + "]" + rest + " in a properties file.", name + "=5s");
    }

    @ParameterizedTest
    @CsvSource({ "rpc.client.channels, my_places, .target, myplaces", "rpc.server.pools, reports_, .size, reports",
            "rpc.client.channels, places/find, .deadline, placesfind",
            "rpc.client.defaults.metadata, x_team, '', xteam" })
    void keysOfWhichSpringLeavesOutSomethingAreToldTheirBrackets(String map, String key, String rest, String read) {
        String name = map + "." + key + rest;
        assertRefused("Without brackets, Spring reads '" + key + "' in " + name + " as '" + read + "' (test). Write "
                + map + ".\"[" + key + "]\"" + rest + " in YAML, " + map + ".[" + key + "]" + rest
                + " in a properties file.", name + "=5s");
    }

    @ParameterizedTest
    @CsvSource({ "my-places, myPlaces", "[my-places], my-places", "MYPLACES, my-places", "[myPlaces], my-places",
            "[my_places], my-places" })
    void keysThatSpringTakesForOneAreRefused(String first, String second) {
        assertRefused(
                "rpc.client.channels has '" + first + "' and '" + second + "', which Spring takes for one."
                        + " Write one of them everywhere, or choose another name.",
                "rpc.client.channels." + second + ".target=localhost:9090",
                "rpc.client.channels." + first + ".deadline=5s");
    }

    @ParameterizedTest
    @ValueSource(strings = { "rpc.server.event-loop-threads", "rpc.server.eventLoopThreads",
            "rpc.server.event_loop_threads", "RPC.Server.EVENT-LOOP-THREADS" })
    void whatSpringReadsIsKnown(String name) {
        this.runner.withPropertyValues(name + "=1").run((context) -> assertThat(context).hasNotFailed());
    }

    /** YAML whose lines are all commented out. */
    @Test
    void sectionsMayBeEmpty() {
        this.runner
            .withInitializer(Sources.yaml("rpc: { server: { pools: , ssl: }, client: { defaults: { retry: } } }"))
            .run((context) -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @ValueSource(strings = { "rpc.server.port", "rpc.server.address", "rpc.server.in-process-name",
            "rpc.server.unix-socket", "rpc.server.health.enabled", "rpc.server.pools.reports.type",
            "rpc.server.limits.message-size", "rpc.client.channels.places.target", "rpc.client.shutdown.grace",
            "rpc.client.channels.places.methods[places.v1.Places/Find].deadline" })
    void emptyValuesAreRefused(String name) {
        assertRefused(name + " is empty (test). Give it a value, or remove it.", name + "=");
        assertRefused(name + " is empty (test). Give it a value, or remove it.", name + "=${NOT_SET:}");
    }

    @ParameterizedTest
    @ValueSource(strings = { "rpc.client.defaults.health-check.service", "rpc.client.defaults.hedging.non-fatal-codes",
            "rpc.client.defaults.metadata.x-team", "rpc.client.channels.places.health-check.service" })
    void whereEmptyMeansSomethingItIsAllowed(String name) {
        this.runner.withPropertyValues(name + "=").run((context) -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @CsvSource({ "rpc.server.shutdown.grace, 10", "rpc.client.channels.places.deadline, 5",
            "rpc.client.defaults.retry.initial-backoff, 007", "rpc.server.pools.reports.queue-timeout, -1",
            "rpc.client.defaults.methods[a.B/C].deadline, 30" })
    void durationsWithoutUnitAreRefused(String name, String value) {
        assertRefused(
                name + " is " + value + " (test). " + value + " of what? Write " + value + "s or " + value + "ms.",
                name + "=" + value);
    }

    @ParameterizedTest
    @CsvSource({ "rpc.server.shutdown.grace, 0", "rpc.client.defaults.deadline, 00",
            "rpc.client.defaults.deadline, PT5S", "rpc.server.shutdown.delay, 5ms" })
    void zeroNeedsNoUnit(String name, String value) {
        this.runner.withPropertyValues(name + "=" + value).run((context) -> assertThat(context).hasNotFailed());
    }

    @Test
    void onlyTheValueThatWinsIsLookedAt() {
        this.runner.withInitializer(Sources.yaml("rpc: { server: { event-loop-threads: , shutdown: { grace: 10 } } }"))
            .withInitializer((context) -> context.getEnvironment().getPropertySources())
            .withInitializer(Sources.yaml("rpc: { server: { eventLoopThreads: 1, shutdown: { grace: 10s } } }"))
            .run((context) -> assertThat(context).hasNotFailed());
    }

    @Test
    void namesOfAbsentIntegrationsNameTheLibrary() {
        ApplicationContextRunner without = this.runner
            .withClassLoader(new FilteredClassLoader("io.grpc.protobuf.services"));
        assertRefused(without.withPropertyValues("rpc.server.reflection.enabled=true"),
                "rpc.server.reflection.enabled is set (test), but io.grpc:grpc-services is not on the class path."
                        + " Add the dependency io.grpc:grpc-services, or remove the property.");
        without.withPropertyValues("rpc.server.reflection.enabled=false")
            .run((context) -> assertThat(context).hasNotFailed());
    }

    private void assertRefused(String message, String... properties) {
        assertRefused(this.runner.withPropertyValues(properties), message);
    }

    private static void assertRefused(ApplicationContextRunner runner, String message) {
        runner.run((context) -> assertThat(context).getFailure()
            .isInstanceOf(RpcConfigurationException.class)
            .hasMessage(message));
    }

}
