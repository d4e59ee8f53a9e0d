package io.rpcspring.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.fixture.FreePort;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.StuckPlaces;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Retries, hedging and waiting, counted at the server.
 */
class AttemptsTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private RecordingServer server;

    @BeforeEach
    void start() throws IOException {
        this.server = RecordingServer.start();
    }

    @AfterEach
    void stop() {
        this.server.close();
    }

    @Test
    void callsAreNotTriedAgainUnlessTold() {
        this.server.failNext(1, Status.UNAVAILABLE, null);
        runner().run((context) -> {
            assertFails(() -> stub(context.getBean(RpcChannels.class)).find(ZURICH), Status.Code.UNAVAILABLE);
            assertThat(this.server.calls).hasSize(1);
        });
    }

    @ParameterizedTest
    @CsvSource({ "1, 1", "3, 3", "5, 5", "8, 8" })
    void callsAreTriedAsOftenAsToldAndNoMore(int told, int counted) {
        this.server.failNext(20, Status.UNAVAILABLE, null);
        runner("retry.max-attempts=" + told, "retry.initial-backoff=5ms", "retry.max-backoff=5ms").run((context) -> {
            assertFails(() -> stub(context.getBean(RpcChannels.class)).find(ZURICH), Status.Code.UNAVAILABLE);
            assertThat(this.server.calls).hasSize(counted);
        });
    }

    @Test
    void retriesSucceedAndOnlyAfterTheCodesThatAreNamed() {
        runner("retry.initial-backoff=1ns", "retry.codes=ABORTED").run((context) -> {
            PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
            this.server.failNext(2, Status.ABORTED, null);
            assertThat(places.find(ZURICH).getName()).isEqualTo("Zurich");
            assertThat(this.server.calls).hasSize(3);
            assertThat(this.server.lastCall().header("grpc-previous-rpc-attempts")).isEqualTo("2");
            this.server.failNext(1, Status.UNAVAILABLE, null);
            assertFails(() -> places.find(ZURICH), Status.Code.UNAVAILABLE);
            assertThat(this.server.calls).hasSize(4);
        });
    }

    @Test
    void methodsAreTriedAgainInTheirOwnWay() {
        runner("retry.initial-backoff=5ms", "methods[places.v1.Places/Within].retry.max-attempts=1",
                "methods[places.v1.Places/Find].retry.max-attempts=2")
            .run((context) -> {
                PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
                this.server.failNext(1, Status.UNAVAILABLE, null);
                assertFails(() -> places.within(Area.newBuilder().setRadiusKm(1).build()).next(),
                        Status.Code.UNAVAILABLE);
                assertThat(this.server.calls).hasSize(1);
                this.server.failNext(2, Status.UNAVAILABLE, null);
                assertFails(() -> places.find(ZURICH), Status.Code.UNAVAILABLE);
                assertThat(this.server.calls).hasSize(3);
            });
    }

    @Test
    void serverThatPushesBackIsNotAskedAgain() {
        this.server.failNext(1, Status.UNAVAILABLE, "-1");
        runner("retry.initial-backoff=5ms").run((context) -> {
            PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
            assertFails(() -> places.find(ZURICH), Status.Code.UNAVAILABLE);
            assertThat(this.server.calls).hasSize(1);
        });
    }

    @Test
    void serverThatSaysWhenIsAskedThen() {
        this.server.failNext(1, Status.UNAVAILABLE, "5");
        runner("retry.initial-backoff=1h", "retry.max-backoff=1h", "deadline=30s").run((context) -> {
            assertThat(stub(context.getBean(RpcChannels.class)).find(ZURICH).getName()).isEqualTo("Zurich");
            assertThat(this.server.calls).hasSize(2);
        });
    }

    @Test
    void throttlingStopsRetriesWhileTooManyCallsFail() {
        this.server.failNext(100, Status.UNAVAILABLE, null);
        runner("retry.initial-backoff=5ms", "retry.max-attempts=2", "retry-throttling.max-tokens=4").run((context) -> {
            PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
            for (int i = 0; i < 10; i++) {
                assertFails(() -> places.find(ZURICH), Status.Code.UNAVAILABLE);
            }
            // 4 tokens: the second failure leaves 2, which is the half.
            assertThat(this.server.calls).hasSize(11);
        });
    }

    @Test
    void slowCallsAreHedgedAndOneAnswerIsEnough() throws IOException {
        StuckPlaces stuck = new StuckPlaces();
        try (RecordingServer slow = RecordingServer
            .start(Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()), stuck)) {
            runner("methods[places.v1.Places/Find].hedging.max-attempts=7",
                    "methods[places.v1.Places/Find].hedging.delay=5ms", "retry.max-attempts=2")
                .withPropertyValues(slow.asTargetOf("places"))
                .run((context) -> {
                    ListenableFuture<Place> found = PlacesGrpc
                        .newFutureStub(context.getBean(RpcChannels.class).get("places"))
                        .find(ZURICH);
                    Awaitility.await().until(() -> slow.calls.size() == 7);
                    stuck.release.countDown();
                    assertThat(found.get(10, TimeUnit.SECONDS).getName()).isEqualTo("Zurich");
                    assertThat(slow.calls).hasSize(7);
                });
        }
    }

    @Test
    void requestsLargerThanTheirBufferAreNotTriedAgain() {
        PlaceName large = PlaceName.newBuilder().setName("Z".repeat(2000)).build();
        for (String buffer : new String[] { "per-call", "total" }) {
            runner("retry.initial-backoff=5ms", "retry-buffer." + buffer + "=1KB").run((context) -> {
                this.server.calls.clear();
                PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
                this.server.failNext(1, Status.UNAVAILABLE, null);
                assertFails(() -> places.find(large), Status.Code.UNAVAILABLE);
                assertThat(this.server.calls).hasSize(1);
                this.server.failNext(1, Status.UNAVAILABLE, null);
                assertThat(places.find(ZURICH).getName()).isEqualTo("Zurich");
            });
        }
    }

    @Test
    void callsWaitForAServerIfTold() throws IOException {
        try (RecordingServer late = RecordingServer.start(FreePort.find())) {
            int port = late.port();
            String target = late.asTargetOf("places");
            late.kill();
            runner("wait-for-ready=true").withPropertyValues(target).run((context) -> {
                ListenableFuture<Place> found = PlacesGrpc
                    .newFutureStub(context.getBean(RpcChannels.class).get("places"))
                    .find(ZURICH);
                try (RecordingServer again = RecordingServer.start(
                        Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create()), new PlacesFixture())) {
                    assertThat(found.get(30, TimeUnit.SECONDS).getName()).isEqualTo("Zurich");
                    assertThat(again.calls).hasSize(1);
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({ "PT0S, 0.000000000s", "PT0.005S, 0.005000000s", "PT1.5S, 1.500000000s", "PT0.000000001S, 0.000000001s",
            "PT87600H, 315360000.000000000s" })
    void durationsRoundTripExactly(Duration duration, String text) {
        assertThat(ServiceConfig.text(duration)).isEqualTo(text);
    }

    @Test
    void serviceConfigIsWhatGrpcJavaReads() {
        CallSettings plain = new CallSettings(Duration.ZERO, Duration.ZERO, false, null, false, null, null);
        CallSettings retried = plain.withAttempts(new CallSettings.Retry(3, Duration.ofMillis(5),
                Duration.ofMillis(1500), 2, List.of(Status.Code.UNAVAILABLE)), null);
        CallSettings hedged = plain.withAttempts(null, new CallSettings.Hedging(2, Duration.ZERO, List.of()));
        runner().run((context) -> {
            ChannelSettings settings = new Binder().bindOrCreate("nothing", ChannelSettings.class);
            assertThat(ServiceConfig.of(new ChannelConfiguration("places", List.of(), settings, plain, Map.of())))
                .isEmpty();
            assertThat(ServiceConfig.of(new ChannelConfiguration("places", List.of(), settings, retried,
                    Map.of("places.v1.Places/Find", hedged))))
                .isEqualTo(Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy",
                        Map.of("maxAttempts", 3.0, "initialBackoff", "0.005000000s", "maxBackoff", "1.500000000s",
                                "backoffMultiplier", 2.0, "retryableStatusCodes", List.of("UNAVAILABLE"))),
                        Map.of("name", List.of(Map.of("service", "places.v1.Places", "method", "Find")),
                                "hedgingPolicy", Map.of("maxAttempts", 2.0, "hedgingDelay", "0.000000000s",
                                        "nonFatalStatusCodes", List.of())))));
        });
    }

    private ApplicationContextRunner runner(String... properties) {
        ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
            .withPropertyValues(this.server.asTargetOf("places"));
        for (String property : properties) {
            runner = runner.withPropertyValues("rpc.client.channels.places." + property);
        }
        return runner;
    }

    private static PlacesGrpc.PlacesBlockingStub stub(RpcChannels channels) {
        return PlacesGrpc.newBlockingStub(channels.get("places"));
    }

    private static void assertFails(ThrowingCallable call, Status.Code code) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call)
            .extracting((ex) -> ex.getStatus().getCode())
            .isEqualTo(code);
    }

}
