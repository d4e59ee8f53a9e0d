package io.rpcspring.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.MessageSender;
import io.rpcspring.RpcClient;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StuckPlaces;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * How long calls may take, as their server sees it.
 */
class CallDeadlineTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    @RegisterExtension
    final RecordingServer server = RecordingServer.start();

    @ParameterizedTest
    @CsvSource({ "5s, 4000, 5000", "1500ms, 500, 1500", "PT1.5S, 500, 1500", "0s, 0, 0", "2m, 110000, 120000" })
    void unaryCallsHaveTheDeadlineOfTheirChannel(String deadline, long fromMillis, long toMillis) {
        run("deadline=" + deadline, (places) -> {
            // The first has to connect.
            places.withDeadlineAfter(1, TimeUnit.HOURS).find(ZURICH);
            places.find(ZURICH);
            assertRemaining(fromMillis, toMillis);
        });
    }

    @Test
    void deadlineStartsAnewWithEachCall() {
        StuckPlaces stuck = new StuckPlaces();
        try (RecordingServer slow = RecordingServer
            .start(Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()), stuck)) {
            runner("deadline=1s", "connect=required").withPropertyValues(slow.asTargetOf("places")).run((context) -> {
                PlacesGrpc.PlacesBlockingStub places = PlacesGrpc
                    .newBlockingStub(context.getBean(RpcChannels.class).get("places"));
                for (int i = 0; i < 3; i++) {
                    assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> places.find(ZURICH))
                        .extracting((ex) -> ex.getStatus().getCode())
                        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
                }
                assertThat(slow.calls).hasSize(3)
                    .allSatisfy((call) -> assertThat(call.remaining()).isBetween(Duration.ofMillis(1),
                            Duration.ofSeconds(1)));
            });
            stuck.release.countDown();
        }
    }

    @Test
    void fiveMillisecondsAreFiveMilliseconds() {
        runner("deadline=5ms", "wait-for-ready=true")
            .withPropertyValues("rpc.client.channels.places.target=localhost:1")
            .run((context) -> {
                PlacesGrpc.PlacesBlockingStub places = PlacesGrpc
                    .newBlockingStub(context.getBean(RpcChannels.class).get("places"));
                // On a slow machine the time may pass before the call is on its way.
                Awaitility.await()
                    .untilAsserted(() -> assertThatExceptionOfType(StatusRuntimeException.class)
                        .isThrownBy(() -> places.find(ZURICH))
                        .withMessageMatching("(?s)DEADLINE_EXCEEDED: .*after 0\\.00[0-5]\\d*s.*"));
            });
    }

    @Test
    void deadlineOfTheCallWinsWhetherShorterOrLonger() {
        run("deadline=5s", (places) -> {
            places.withDeadlineAfter(1, TimeUnit.HOURS).find(ZURICH);
            assertRemaining(3_500_000, 3_600_000);
            places.withDeadlineAfter(3, TimeUnit.SECONDS).find(ZURICH);
            assertRemaining(1, 3000);
        });
    }

    @Test
    void streamsHaveADeadlineOfTheirOwn() {
        Area area = Area.newBuilder().setRadiusKm(1).build();
        run("deadline=5s", (places) -> {
            places.within(area).next();
            assertThat(this.server.lastCall().deadline()).isNull();
        });
        runner("deadline=5s", "stream-deadline=1m").run((context) -> {
            stub(context.getBean(RpcChannels.class)).within(area).next();
            assertRemaining(50_000, 60_000);
        });
    }

    @Test
    void methodsAndServicesHaveTheirOwnDeadline() {
        runner("deadline=5s", "methods[places.v1.Places/Find].deadline=1m", "methods[places.v1.Places].deadline=2m",
                "methods[places.v1.Places].stream-deadline=3m", "methods[clock.v1.Clock].deadline=4m")
            .run((context) -> {
                PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
                places.find(ZURICH);
                assertRemaining(50_000, 60_000);
                places.within(Area.newBuilder().setRadiusKm(1).build()).next();
                assertRemaining(170_000, 180_000);
            });
        runner("deadline=5s", "methods[places.v1.Places/Find].deadline=0s").run((context) -> {
            stub(context.getBean(RpcChannels.class)).find(ZURICH);
            assertThat(this.server.lastCall().deadline()).isNull();
        });
    }

    @Test
    void deadlineOfAMethodCountsAlsoIfItStreams() {
        Area area = Area.newBuilder().setRadiusKm(1).build();
        runner("deadline=5s", "stream-deadline=1h", "methods[places.v1.Places/Within].deadline=30s").run((context) -> {
            stub(context.getBean(RpcChannels.class)).within(area).next();
            assertRemaining(1, 30_000);
        });
        runner("methods[places.v1.Places/Within].deadline=30s", "methods[places.v1.Places/Within].stream-deadline=1m")
            .run((context) -> {
                stub(context.getBean(RpcChannels.class)).within(area).next();
                assertRemaining(50_000, 60_000);
            });
        runner("methods[places.v1.Places].deadline=30s", "methods[places.v1.Places/Within].compression=gzip")
            .run((context) -> {
                stub(context.getBean(RpcChannels.class)).within(area).next();
                assertThat(this.server.lastCall().deadline()).isNull();
            });
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void outgoingCallsOfAHandlerInheritItsRemainingTime(String pool) {
        for (Class<?> relay : List.of(Relay.class, PlainRelay.class)) {
            runner("deadline=1h", "stream-deadline=1h").withPropertyValues(poolsOfType(pool))
                .withUserConfiguration(relay)
                .run(this::assertRemainingTimeIsPassedOn);
        }
    }

    private void assertRemainingTimeIsPassedOn(AssertableApplicationContext context) {

        try (Connection connection = Connection.to(context)) {
            connection.places().withDeadlineAfter(30, TimeUnit.SECONDS).find(ZURICH);
            assertRemaining(1, 30_000);
            connection.places()
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .within(Area.newBuilder().setRadiusKm(1).build())
                .forEachRemaining((place) -> assertRemaining(1, 30_000));
        }
    }

    private static String[] poolsOfType(String type) {
        return new String[] { "rpc.server.pools.default.type=" + type, "rpc.server.pools.streams.type=" + type };
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void outgoingCallsOfAHandlerAreCancelledWithIt(String pool) throws Exception {
        for (Class<?> relay : List.of(Relay.class, PlainRelay.class)) {
            assertCancellationIsPassedOn(pool, relay, (channel) -> {
                ListenableFuture<Place> found = PlacesGrpc.newFutureStub(channel).find(ZURICH);
                return () -> found.cancel(true);
            });
            assertCancellationIsPassedOn(pool, relay, (channel) -> {
                RpcStream<Area, Place> stream = RpcStream.open(channel, PlacesGrpc.getWithinMethod());
                stream.send(Area.newBuilder().setRadiusKm(1).build());
                stream.halfClose();
                return stream::close;
            });
        }
    }

    private void assertCancellationIsPassedOn(String pool, Class<?> relay, Function<Channel, Runnable> call)
            throws Exception {
        StuckPlaces stuck = new StuckPlaces();
        try (RecordingServer slow = RecordingServer
            .start(Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()), stuck)) {
            runner("deadline=1h").withPropertyValues(slow.asTargetOf("places"), "rpc.server.interrupt-cancelled=false")
                .withPropertyValues(poolsOfType(pool))
                .withUserConfiguration(relay)
                .run((context) -> {
                    try (Connection connection = Connection.to(context)) {
                        Runnable cancel = call.apply(connection.channel());
                        assertThat(stuck.entered.await(10, TimeUnit.SECONDS)).isTrue();
                        cancel.run();
                        assertThat(slow.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
                    }
                });
            stuck.release.countDown();
        }
    }

    private void run(String property, Calls test) {
        runner(property).run((context) -> test.accept(stub(context.getBean(RpcChannels.class))));
    }

    private ApplicationContextRunner runner(String... properties) {
        return this.server.runner("places", properties);
    }

    private static PlacesGrpc.PlacesBlockingStub stub(RpcChannels channels) {
        return PlacesGrpc.newBlockingStub(channels.get("places"));
    }

    private void assertRemaining(long fromMillis, long toMillis) {
        assertThat(this.server.lastCall().remaining()).isBetween(Duration.ofMillis(fromMillis),
                Duration.ofMillis(toMillis));
    }

    /** Calls the server. */
    private interface Calls {

        void accept(PlacesGrpc.PlacesBlockingStub places);

    }

    /** Asks another server, as a handler of a generated base class. */
    @RpcService
    static class Relay extends PlacesFixture {

        private final PlacesGrpc.PlacesBlockingStub places;

        Relay(@RpcClient("places") Channel places) {
            this.places = PlacesGrpc.newBlockingStub(places);
        }

        @Override
        public void find(PlaceName request, StreamObserver<Place> response) {
            response.onNext(this.places.find(request));
            response.onCompleted();
        }

        @Override
        public void within(Area request, StreamObserver<Place> response) {
            this.places.within(request).forEachRemaining(response::onNext);
            response.onCompleted();
        }

    }

    /**
     * Asks another server, as a plain object.
     *
     * @param places the other server
     */
    @RpcService(PlacesGrpc.class)
    record PlainRelay(@RpcClient("places") PlacesGrpc.PlacesBlockingStub places) {

        Place find(PlaceName name) {
            return this.places.find(name);
        }

        void within(Area area, MessageSender<Place> out) {
            this.places.within(area).forEachRemaining(out::send);
        }

    }

}
