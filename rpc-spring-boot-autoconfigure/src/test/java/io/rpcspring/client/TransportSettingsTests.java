package io.rpcspring.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.ReflectionTestUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the server notices of a channel's settings.
 */
@ExtendWith(OutputCaptureExtension.class)
class TransportSettingsTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final Area SMALL = Area.newBuilder().setRadiusKm(1).build();

    @RegisterExtension
    final RecordingServer server = RecordingServer.start();

    @Test
    void callsTakeTurnsOnSeveralConnections() {
        runner("connections=3").run((context) -> {
            PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
            for (int i = 0; i < 9; i++) {
                places.find(ZURICH);
            }
            assertThat(this.server.connections()).isEqualTo(3);
        });
        Awaitility.await().until(() -> this.server.openConnections() == 0);
    }

    @Test
    void idleChannelsCloseTheirConnectionAndComeBack() {
        runner("idle-timeout=2s").run((context) -> {
            RpcChannels channels = context.getBean(RpcChannels.class);
            stub(channels).find(ZURICH);
            Awaitility.await().until(() -> channels.reports().get(0).state() == ConnectivityState.READY);
            Awaitility.await().until(() -> this.server.openConnections() == 0);
            assertThat(channels.reports().get(0).state()).isEqualTo(ConnectivityState.IDLE);
            stub(channels).find(ZURICH);
            assertThat(this.server.connections()).isEqualTo(2);
        });
    }

    @Test
    void keepAliveReachesTheBuilder() {
        List<ManagedChannelBuilder<?>> builders = new ArrayList<>();
        runner("keep-alive.time=15s", "keep-alive.timeout=1500ms", "keep-alive.without-calls=true")
            .withBean(RpcChannelCustomizer.class, () -> (channel, made) -> builders.add(made))
            .run((context) -> {
                stub(context.getBean(RpcChannels.class));
                // Pings come every 10 seconds at most: too long for a test.
                assertThat(ReflectionTestUtils.getField(builders.get(0), "keepAliveTimeNanos"))
                    .isEqualTo(15_000_000_000L);
                assertThat(ReflectionTestUtils.getField(builders.get(0), "keepAliveTimeoutNanos"))
                    .isEqualTo(1_500_000_000L);
                assertThat(ReflectionTestUtils.getField(builders.get(0), "keepAliveWithoutCalls")).isEqualTo(true);
            });
    }

    @Test
    void messagesAndMetadataAreLimited() {
        runner("max-inbound-message-size=1B")
            .run((context) -> assertFails(() -> stub(context.getBean(RpcChannels.class)).find(ZURICH),
                    Status.Code.RESOURCE_EXHAUSTED));
        runner("max-inbound-metadata-size=1KB").run((context) -> {
            PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
            this.server.failNext(1, Status.NOT_FOUND.withDescription("x".repeat(2000)), null);
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> places.find(ZURICH))
                .extracting((ex) -> ex.getStatus().getCode())
                .isNotEqualTo(Status.Code.NOT_FOUND);
        });
        runner("max-inbound-metadata-size=64KB").run((context) -> {
            this.server.failNext(1, Status.NOT_FOUND.withDescription("x".repeat(20_000)), null);
            assertFails(() -> stub(context.getBean(RpcChannels.class)).find(ZURICH), Status.Code.NOT_FOUND);
        });
    }

    @Test
    void windowLimitsWhatTheServerSendsAhead() {
        Flood flood = new Flood();
        try (RecordingServer fast = RecordingServer
            .start(Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()), flood)) {
            assertThat(sentAhead(fast, flood, 100, "flow-control-window=128KB")).isBetween(100, 400);
            assertThat(sentAhead(fast, flood, 901, "connections=1")).isGreaterThan(900);
        }
    }

    @Test
    void headersSayWhatTheyAreTold() {
        runner("user-agent=atlas/1.0", "compression=gzip", "metadata.x-team=maps", "metadata.x-other=1",
                "authority=places.example.org")
            .run((context) -> {
                stub(context.getBean(RpcChannels.class)).find(ZURICH);
                RecordingServer.Call call = this.server.lastCall();
                assertThat(call.header("user-agent")).startsWith("atlas/1.0 grpc-java-netty/");
                assertThat(call.header("grpc-encoding")).isEqualTo("gzip");
                assertThat(call.header("x-team")).isEqualTo("maps");
                assertThat(call.header("x-other")).isEqualTo("1");
                assertThat(call.authority()).isEqualTo("places.example.org");
            });
    }

    @Test
    void callsOwnHeadersAndCompressionWin() {
        runner("compression=gzip", "metadata.x-team=maps").run((context) -> {
            Channel channel = context.getBean(RpcChannels.class).get("places");
            CallOptions options = CallOptions.DEFAULT.withCompression("identity");
            ClientCall<PlaceName, Place> call = channel.newCall(PlacesGrpc.getFindMethod(), options);
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("x-team", Metadata.ASCII_STRING_MARSHALLER), "atlas");
            call.start(new ClientCall.Listener<>() {

            }, headers);
            call.sendMessage(ZURICH);
            call.halfClose();
            Awaitility.await().until(() -> !this.server.calls.isEmpty());
            assertThat(this.server.lastCall()
                .headers()
                .getAll(Metadata.Key.of("x-team", Metadata.ASCII_STRING_MARSHALLER))).containsExactly("atlas");
            assertThat(this.server.lastCall().header("grpc-encoding")).isNull();
            call.cancel("seen", null);
        });
    }

    @Test
    void methodsHaveTheirOwnCompression() {
        runner("methods[places.v1.Places/Find].compression=gzip").run((context) -> {
            PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
            places.find(ZURICH);
            assertThat(this.server.lastCall().header("grpc-encoding")).isEqualTo("gzip");
            places.within(SMALL).next();
            assertThat(this.server.lastCall().header("grpc-encoding")).isNull();
        });
    }

    @WithLibrary("grpc-services")
    @Test
    void serversThatDoNotServeArePassedOver() {
        HealthStatusManager health = new HealthStatusManager();
        health.setStatus("places.v1.Places", ServingStatus.NOT_SERVING);
        HealthStatusManager well = new HealthStatusManager();
        well.setStatus("places.v1.Places", ServingStatus.SERVING);
        try (RecordingServer ill = RecordingServer.start(
                Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()), new PlacesFixture(),
                health.getHealthService());
                RecordingServer good = RecordingServer.start(
                        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()), new PlacesFixture(),
                        well.getHealthService())) {
            StarterRunner.withServerOnFreePort()
                .withPropertyValues(
                        "rpc.client.channels.places.targets=localhost:" + ill.port() + ",localhost:" + good.port(),
                        "rpc.client.channels.places.health-check.enabled=true",
                        "rpc.client.channels.places.health-check.service=places.v1.Places")
                .run((context) -> {
                    PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
                    places.find(ZURICH);
                    Awaitility.await().until(() -> !ill.calls.isEmpty());
                    for (int i = 0; i < 20; i++) {
                        places.find(ZURICH);
                    }
                    assertThat(ill.calls).extracting(RecordingServer.Call::method)
                        .doesNotContain("places.v1.Places/Find")
                        .contains("grpc.health.v1.Health/Watch");
                });
        }
    }

    @Test
    void eagerChannelsConnectAtTheStart() {
        runner("connect=eager", "connections=2").run((context) -> {
            Awaitility.await().until(() -> this.server.connections() == 2);
            assertThat(context.getBean(RpcChannels.class).reports().get(0).state()).isEqualTo(ConnectivityState.READY);
        });
        runner("connect=required").run((context) -> Awaitility.await().until(() -> this.server.connections() == 3));
        runner("connect=lazy").run((context) -> assertThat(context.getBean(RpcChannels.class).reports().get(0).state())
            .isEqualTo(ConnectivityState.IDLE));
    }

    @Test
    void eagerChannelWithoutServerIsAWarningAndARequiredOneAFailure(CapturedOutput output) {
        ApplicationContextRunner nowhere = StarterRunner.withServerOnFreePort()
            .withPropertyValues("rpc.client.channels.places.target=localhost:1",
                    "rpc.client.defaults.connect-timeout=1s");
        // The first connection of a JVM takes its time, also in vain.
        nowhere.run((context) -> assertFails(() -> stub(context.getBean(RpcChannels.class)).find(ZURICH),
                Status.Code.UNAVAILABLE));
        nowhere.withPropertyValues("rpc.client.channels.places.connect=eager").run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(output).containsPattern("The channel 'places' to localhost:1 has no connection after 1000ms:"
                    + " io exception: .*Connection refused.*; it keeps trying when calls come");
        });
        nowhere.withPropertyValues("rpc.client.channels.places.connect=required")
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessageMatching("The channel 'places' to localhost:1 has no connection after 1000ms:"
                        + " io exception: .*Connection refused.*, but one is required."
                        + " Start the server, correct the target, or set rpc.client.channels.places.connect"
                        + " to eager or lazy."));
    }

    @Test
    void credentialsAreThoseOfTheBeanUnlessTheCallHasItsOwn() {
        runner("credentials=badge").withBean("badge", CallCredentials.class, () -> new Token("s3cret"))
            .withBean("other", CallCredentials.class, () -> new Token("other"))
            .run((context) -> {
                PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
                places.find(ZURICH);
                assertThat(this.server.lastCall().header("authorization")).isEqualTo("Bearer s3cret");
                places.withCallCredentials(new Token("own")).find(ZURICH);
                assertThat(this.server.lastCall().header("authorization")).isEqualTo("Bearer own");
            });
        runner("credentials=bagde").withBean("badge", CallCredentials.class, () -> new Token("s3cret"))
            .run((context) -> assertThatExceptionOfType(RpcConfigurationException.class)
                .isThrownBy(() -> context.getBean(RpcChannels.class).get("places"))
                .withMessage("The channel 'places' takes its credentials from 'bagde', but no CallCredentials bean has"
                        + " this name. CallCredentials beans: badge."
                        + " Correct rpc.client.channels.places.credentials, or add the bean."));
    }

    @Test
    void twoHundredChannelsWorkAtOnce() {
        ApplicationContextRunner many = StarterRunner.withServerOnFreePort();
        for (int i = 0; i < 200; i++) {
            many = many.withPropertyValues(this.server.asTargetOf("places" + i));
        }
        many.run((context) -> {
            RpcChannels channels = context.getBean(RpcChannels.class);
            IntStream.range(0, 200)
                .parallel()
                .forEach((i) -> assertThat(PlacesGrpc.newBlockingStub(channels.get("places" + i)).find(ZURICH))
                    .isNotNull());
            assertThat(this.server.connections()).isEqualTo(200);
            Awaitility.await()
                .untilAsserted(() -> assertThat(channels.reports()).hasSize(200)
                    .allSatisfy((report) -> assertThat(report.state()).isEqualTo(ConnectivityState.READY)));
        });
        Awaitility.await().until(() -> this.server.openConnections() == 0);
    }

    /** Until nothing is added to what is there at least. */
    private int sentAhead(RecordingServer fast, Flood flood, int least, String property) {
        AtomicInteger sent = new AtomicInteger();
        runner(property).withPropertyValues(fast.asTargetOf("places")).run((context) -> {
            flood.sent.set(0);
            Channel channel = context.getBean(RpcChannels.class).get("places");
            ClientCall<Area, Place> call = channel.newCall(PlacesGrpc.getWithinMethod(), CallOptions.DEFAULT);
            call.start(new ClientCall.Listener<>() {

            }, new Metadata());
            call.sendMessage(SMALL);
            call.halfClose();
            Awaitility.await()
                .during(200, TimeUnit.MILLISECONDS)
                .until(flood.sent::get, (now) -> now >= least && now == sent.getAndSet(now));
            call.cancel("seen", null);
        });
        return sent.get();
    }

    private ApplicationContextRunner runner(String... properties) {
        return this.server.runner("places", properties);
    }

    private static PlacesGrpc.PlacesBlockingStub stub(RpcChannels channels) {
        return PlacesGrpc.newBlockingStub(channels.get("places"));
    }

    private static void assertFails(ThrowingCallable call, Status.Code code) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call)
            .extracting((ex) -> ex.getStatus().getCode())
            .isEqualTo(code);
    }

    /** Sends a kilobyte at a time, as long as the client takes it. */
    private static final class Flood extends PlacesGrpc.PlacesImplBase {

        private final AtomicInteger sent = new AtomicInteger();

        @Override
        public void within(Area request, StreamObserver<Place> response) {
            Place place = Place.newBuilder().setName("x".repeat(1000)).build();
            ServerCallStreamObserver<Place> call = (ServerCallStreamObserver<Place>) response;
            call.setOnReadyHandler(() -> {
                while (call.isReady()) {
                    call.onNext(place);
                    this.sent.incrementAndGet();
                }
            });
        }

    }

    /** Shows a token. */
    private static final class Token extends CallCredentials {

        private final String token;

        Token(String token) {
            this.token = token;
        }

        @Override
        public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + this.token);
            applier.apply(headers);
        }

    }

}
