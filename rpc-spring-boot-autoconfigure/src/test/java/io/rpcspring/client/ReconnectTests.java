package io.rpcspring.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.ConnectivityState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import io.rpcspring.fixture.DeadServer;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.FreePort;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * How a channel loses its servers, what it says of it, and how it finds them again.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReconnectTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withPropertyValues("rpc.client.defaults.reconnect.max-backoff=100ms");

    @ParameterizedTest
    @ValueSource(strings = { "round_robin", "pick_first" })
    void serverThatIsAwayIsTriedAgainSoonAsLongAsSomebodyCalls(String policy) throws IOException {
        try (DeadServer server = DeadServer.start()) {
            this.runner
                .withPropertyValues("rpc.client.channels.places.target=localhost:" + server.port(),
                        "rpc.client.channels.places.load-balancing=" + policy)
                .run((context) -> {
                    PlacesGrpc.PlacesBlockingStub places = places(context.getBean(RpcChannels.class));
                    // grpc-java alone needs 16 s for six attempts.
                    calling(places).until(() -> server.attempts() >= 6);
                    ChannelFigures figures = figures(context.getBean(RpcChannels.class));
                    await().until(() -> !figures.resting().isEmpty());
                    assertThat(figures.calls()).isZero();
                    int attempts = server.attempts();
                    fail(places);
                    await().atMost(Duration.ofSeconds(5)).until(() -> server.attempts() > attempts);
                });
        }
    }

    @Test
    void callThatWaitsIsReasonEnoughToTryAgain() throws Exception {
        try (DeadServer server = DeadServer.start()) {
            this.runner
                .withPropertyValues("rpc.client.channels.places.target=localhost:" + server.port(),
                        "rpc.client.channels.places.wait-for-ready=true", "rpc.client.channels.places.deadline=5s")
                .run((context) -> {
                    PlacesGrpc.PlacesBlockingStub places = places(context.getBean(RpcChannels.class));
                    CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(() -> fail(places),
                            (task) -> new Thread(task).start());
                    await().atMost(Duration.ofSeconds(5)).until(() -> server.attempts() >= 6);
                    assertThat(figures(context.getBean(RpcChannels.class)).calls()).isEqualTo(1);
                    assertThat(failure.get(20, TimeUnit.SECONDS).getMessage()).startsWith("DEADLINE_EXCEEDED")
                        .contains("[channel 'places' to localhost:" + server.port() + ", last failure: UNAVAILABLE: ");
                });
        }
    }

    @Test
    void oneLostServerOfTwoIsFoundAgain() throws IOException {
        try (RecordingServer first = RecordingServer.start();
                RecordingServer second = RecordingServer.start(FreePort.find())) {
            this.runner
                .withPropertyValues(
                        "rpc.client.channels.places.targets=localhost:" + first.port() + ",localhost:" + second.port())
                .run((context) -> {
                    PlacesGrpc.PlacesBlockingStub places = places(context.getBean(RpcChannels.class));
                    ChannelFigures figures = figures(context.getBean(RpcChannels.class));
                    calling(places).until(() -> figures.connections() == 2);
                    second.kill();
                    calling(places).until(() -> figures.connections() == 1 && figures.lastFailure() != null);
                    assertThat(figures.state()).isEqualTo(ConnectivityState.READY);
                    try (RecordingServer again = RecordingServer.start(second.port())) {
                        calling(places).atMost(Duration.ofSeconds(5)).until(() -> !again.calls.isEmpty());
                        assertThat(figures.connections()).isEqualTo(2);
                    }
                });
        }
    }

    @Test
    void outageIsOneWarningAndItsEndOneLine(CapturedOutput output) throws IOException {
        try (RecordingServer server = RecordingServer.start(FreePort.find())) {
            this.runner.withPropertyValues(server.asTargetOf("places"), "rpc.client.channels.places.connections=2")
                .run((context) -> {
                    PlacesGrpc.PlacesBlockingStub places = places(context.getBean(RpcChannels.class));
                    ChannelFigures figures = figures(context.getBean(RpcChannels.class));
                    calling(places).until(() -> figures.connections() == 2);
                    server.kill();
                    calling(places).until(() -> figures.state() == ConnectivityState.TRANSIENT_FAILURE);
                    for (int i = 0; i < 10; i++) {
                        fail(places);
                    }
                    try (RecordingServer again = RecordingServer.start(server.port())) {
                        calling(places).until(() -> figures.connections() == 2 && !again.calls.isEmpty());
                        await().untilAsserted(() -> assertTold(output, server.port()));
                    }
                });
        }
    }

    private static void assertTold(CapturedOutput output, int port) {
        String channel = "The channel 'places' to localhost:" + port;
        assertThat(output.getOut().lines().filter((line) -> line.contains(channel))).satisfiesExactly(
                (line) -> assertThat(line).contains("WARN")
                    .containsPattern(channel + " has no connection: io exception: .*Connection refused.*;"
                            + " it keeps trying while calls come"),
                (line) -> assertThat(line).contains("INFO")
                    .containsPattern(channel + " is connected again after \\d+ms;"
                            + " it was: io exception: .*Connection refused.*"));
    }

    @Test
    void deadlineThatEndsRetriesNamesTheLastFailure() throws IOException {
        String retries = "rpc.client.channels.places.retry.";
        ApplicationContextRunner retrying = this.runner.withPropertyValues("rpc.client.channels.places.deadline=500ms",
                retries + "max-attempts=100", retries + "initial-backoff=100ms", retries + "max-backoff=100ms");
        retrying.withPropertyValues("rpc.client.channels.places.target=localhost:1")
            .run((context) -> assertRunsOutOfTime(context, "\\[channel 'places' to localhost:1,"
                    + " last failure: UNAVAILABLE: io exception: .*Connection refused.*]"));
        try (RecordingServer server = RecordingServer.start()) {
            server.failNext(1000, Status.UNAVAILABLE.withDescription("out to lunch"), null);
            retrying.withPropertyValues(server.asTargetOf("places"))
                .run((context) -> assertRunsOutOfTime(context, "\\[channel 'places' to localhost:" + server.port()
                        + ", last failure: UNAVAILABLE: out to lunch]"));
        }
    }

    /** Not with the first call, whose time may go into connecting. */
    private static void assertRunsOutOfTime(ApplicationContext context, String end) {
        PlacesGrpc.PlacesBlockingStub places = places(context.getBean(RpcChannels.class));
        await().untilAsserted(
                () -> assertThat(fail(places)).message().containsPattern("^DEADLINE_EXCEEDED: .* " + end + "$"));
    }

    @Test
    void namesAreCounted() {
        this.runner.withPropertyValues("rpc.client.channels.places.target=no-such-host.invalid:1").run((context) -> {
            PlacesGrpc.PlacesBlockingStub places = places(context.getBean(RpcChannels.class));
            ChannelFigures figures = figures(context.getBean(RpcChannels.class));
            assertThat(figures.state()).isEqualTo(ConnectivityState.IDLE);
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> places.find(ZURICH))
                .satisfies((ex) -> assertThat(Details.reason(ex)).isEqualTo("NO_ADDRESS"))
                .withMessageStartingWith("UNAVAILABLE: Unable to resolve host no-such-host.invalid [channel 'places' to"
                        + " no-such-host.invalid:1: ");
            // grpc-java alone needs 16 s for six.
            calling(places).until(() -> figures.failedResolutions() > 5);
            assertThat(figures.resolutions()).isZero();
            assertThat(figures.connections()).isZero();
            assertThat(figures.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
            Status failure = figures.lastFailure();
            assertThat(failure).isNotNull();
            assertThat(failure.getDescription()).contains("no-such-host.invalid");
        });
        this.runner.withPropertyValues("rpc.client.channels.places.target=localhost:1").run((context) -> {
            fail(places(context.getBean(RpcChannels.class)));
            assertThat(figures(context.getBean(RpcChannels.class)).resolutions()).isPositive();
        });
    }

    private static ConditionFactory calling(PlacesGrpc.PlacesBlockingStub places) {
        return await().pollInterval(Duration.ofMillis(20)).conditionEvaluationListener((condition) -> {
            try {
                Place found = places.find(ZURICH);
                assertThat(found.getName()).isEqualTo("Zurich");
            }
            catch (StatusRuntimeException ex) {
                // It is away.
            }
        });
    }

    private static Throwable fail(PlacesGrpc.PlacesBlockingStub places) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> places.find(ZURICH));
    }

    private static PlacesGrpc.PlacesBlockingStub places(RpcChannels channels) {
        return PlacesGrpc.newBlockingStub(channels.get("places"));
    }

    private static ChannelFigures figures(RpcChannels channels) {
        return Objects.requireNonNull(channels.figures().get("places"));
    }

}
