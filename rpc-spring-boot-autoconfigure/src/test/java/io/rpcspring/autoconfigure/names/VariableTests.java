package io.rpcspring.autoconfigure.names;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.Sources;
import io.rpcspring.fixture.StarterRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Environment variables below {@code RPC_}, which others may have written.
 */
@ExtendWith(OutputCaptureExtension.class)
class VariableTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            RPC_SERVER_PROT                   | RPC_SERVER_PORT, RPC_SERVER_ADDRESS, RPC_SERVER_ENABLED
            RPC_CLIENT_CHANNELS_MY_LAB_TARGET | RPC_CLIENT_CHANNELS_MYLAB_TARGET, RPC_CLIENT_CHANNELS_MYLAB_TARGETS,\
             RPC_CLIENT_CHANNELS_LAB_TARGET
            RPC_HOME                          | RPC_CONSOLE_PATH, RPC_SERVER_PORT, RPC_CONSOLE_ENABLED
            """)
    void unknownOnesAreAWarning(String variable, String nearest, CapturedOutput output) {
        this.runner.withInitializer(Sources.variables(variable + "=9090"))
            .run((context) -> assertThat(context).hasNotFailed());
        assertThat(output).containsOnlyOnce(
                "No property belongs to the environment variable " + variable + ". Nearest: " + nearest + ".");
    }

    @ParameterizedTest
    @ValueSource(strings = { "RPC_SERVER_EVENTLOOPTHREADS=1", "RPC_SERVER_EVENT_LOOP_THREADS=1",
            "rpc_server_eventloopthreads=1", "RPC_SERVER_POOLS_REPORTS_QUEUECAPACITY=5",
            "RPC_CLIENT_CHANNELS_PLACES_KEEPALIVE_TIME=20s", "RPC_CLIENT_CHANNELS_PLACES_TARGETS_0=localhost:1",
            "RPC_CLIENT_CHANNELS_MYLAB_DEADLINE=5s", "RPC_CLIENT_CHANNELS_MY_LAB_DEADLINE=5s",
            "RPC_CLIENT_CHANNELS_MY_PLACES_DEADLINE=5s", "RPC_CLIENT_CHANNELS_CAMELCASE_DEADLINE=5s",
            "RPC_CLIENT_DEFAULTS_METADATA_TEAM=maps" })
    void knownOnesAreNone(String variable, CapturedOutput output) {
        this.runner
            .withPropertyValues("rpc.client.channels.my-lab.target=localhost:1",
                    "rpc.client.channels.[my_places].target=localhost:1",
                    "rpc.client.channels.camelCase.target=localhost:1")
            .withInitializer(Sources.variables(variable))
            .run((context) -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain("No property belongs");
    }

    @Test
    void emptyAndBareOnesAreRefusedAsTheyAreWritten() {
        this.runner.withInitializer(Sources.variables("RPC_SERVER_SHUTDOWN_GRACE=10", "RPC_CLIENT_SHUTDOWN_GRACE="))
            .run((context) -> assertThat(context).getFailure()
                .hasMessageContainingAll("RPC_SERVER_SHUTDOWN_GRACE is 10 (systemEnvironment). 10 of what?",
                        "RPC_CLIENT_SHUTDOWN_GRACE is empty (systemEnvironment)."));
    }

    @Test
    void absentIntegrationIsAWarning(CapturedOutput output) {
        this.runner.withClassLoader(new FilteredClassLoader("io.grpc.protobuf.services"))
            .withInitializer(Sources.variables("RPC_SERVER_REFLECTION_ENABLED=true"))
            .run((context) -> assertThat(context).hasNotFailed());
        assertThat(output).contains("The environment variable RPC_SERVER_REFLECTION_ENABLED needs"
                + " io.grpc:grpc-services, which is not on the class path.");
    }

    @Test
    void serviceLinksAreIgnored(CapturedOutput output) {
        StarterRunner.withServer()
            .withInitializer(Sources.yaml("rpc.server.port: 0"))
            .withInitializer(Sources.variables("RPC_SERVER_PORT=tcp://10.0.0.1:9090",
                    "RPC_SERVER_PORT_9090_TCP=tcp://10.0.0.1:9090", "RPC_SERVER_PORT_9090_TCP_ADDR=10.0.0.1",
                    "RPC_SERVER_PORT_9090_TCP_PORT=9090", "RPC_SERVER_PORT_9090_TCP_PROTO=tcp",
                    "RPC_SERVER_SERVICE_HOST=10.0.0.1", "RPC_SERVER_SERVICE_PORT=9090",
                    "RPC_SERVER_SERVICE_PORT_GRPC=9090", "RPC_PORT=tcp://10.0.0.2:9090", "RPC_SERVER_REQUESTAHEAD=8"))
            .run((context) -> {
                assertThat(context).hasNotFailed();
                assertThat(context.getEnvironment().getProperty("rpc.server.port")).isEqualTo("0");
                assertThat(context.getEnvironment().getProperty("rpc.server.request-ahead")).isEqualTo("8");
            });
        assertThat(output)
            .containsOnlyOnce("Kubernetes has set RPC_PORT for its Service 'rpc'. They are ignored."
                    + " Set enableServiceLinks: false in the pod's spec.")
            .containsOnlyOnce("Kubernetes has set RPC_SERVER_PORT, RPC_SERVER_PORT_9090_TCP,"
                    + " RPC_SERVER_PORT_9090_TCP_ADDR, RPC_SERVER_PORT_9090_TCP_PORT, RPC_SERVER_PORT_9090_TCP_PROTO,"
                    + " RPC_SERVER_SERVICE_HOST, RPC_SERVER_SERVICE_PORT, RPC_SERVER_SERVICE_PORT_GRPC for its Service"
                    + " 'rpc-server'. They are ignored.")
            .doesNotContain("No property belongs");
    }

    @Test
    void portIsOne() {
        StarterRunner.withServer()
            .withInitializer(Sources.variables("RPC_SERVER_PORT=0"))
            .run((context) -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @CsvSource({ "my-lab, RPC_CLIENT_CHANNELS_MYLAB_TARGET", "my-lab, RPC_CLIENT_CHANNELS_MY_LAB_TARGET",
            "myLab, RPC_CLIENT_CHANNELS_MYLAB_TARGET", "[my_lab], RPC_CLIENT_CHANNELS_MY_LAB_TARGET",
            "[my-lab], RPC_CLIENT_CHANNELS_MYLAB_TARGET", "lab, RPC_CLIENT_CHANNELS_LAB_TARGET" })
    void oneOfAChannelOverridesItAndMakesNoOther(String channel, String variable) {
        this.runner.withInitializer(Sources.yaml("rpc.client.channels." + channel + ".target: localhost:1111"))
            .withInitializer(Sources.variables(variable + "=localhost:2222"))
            .withPropertyValues("rpc.client.defaults.deadline=5s")
            .run((context) -> assertThat(context.getBean(RpcChannels.class).reports()).singleElement()
                .satisfies((report) -> {
                    assertThat(report.name()).isEqualTo(channel.replaceAll("[\\[\\]]", ""));
                    assertThat(report.target()).isEqualTo("localhost:2222");
                }));
    }

    @Test
    void oneOfAPoolOverridesItAndMakesNoOther(CapturedOutput output) {
        this.runner.withUserConfiguration(MarkedPlaces.class)
            .withPropertyValues("rpc.server.pools.my-reports.size=4")
            .withInitializer(Sources.variables("RPC_SERVER_POOLS_MYREPORTS_SIZE=5"))
            .run((context) -> assertThat(context).hasNotFailed());
        assertThat(output).contains("No service and no method uses the pool 'my-reports'")
            .doesNotContain("'myreports'");
    }

    @Test
    void oneMayBeAllThatAChannelHas() {
        this.runner.withInitializer(Sources.variables("RPC_CLIENT_CHANNELS_BILLING_TARGET=localhost:1111"))
            .run((context) -> assertThat(context.getBean(RpcChannels.class).names()).containsExactly("billing"));
    }

}
