package io.rpcspring.server.pool;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcStream;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.HealthWatch;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What goes on while all threads of a pool are held and its queue is full.
 */
@WithLibrary("grpc-services")
class IsolationTests {

    private static final PlaceName STUCK = PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withBean(BusyPlaces.class)
        .withPropertyValues("rpc.server.pools.small.size=2", "rpc.server.pools.small.queue-capacity=2",
                "rpc.server.pools.small.queue-timeout=1h", "rpc.server.reflection.enabled=true",
                "rpc.server.services.[places.v1.Places].methods.Find.pool=small");

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void otherPoolsHealthAndReflectionAnswerOnTheSameConnection(String type) {
        this.runner.withPropertyValues("rpc.server.pools.small.type=" + type).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                List<CompletableFuture<Ended>> held = wedge(context, connection);
                assertThat(connection.places().within(Area.getDefaultInstance()).next().getZone())
                    .startsWith("rpc-streams-");
                CompletableFuture<Ended> travel = Flood.call(connection.channel(), PlacesGrpc.getTravelMethod(),
                        Point.getDefaultInstance(), CallOptions.DEFAULT);
                assertThat(travel.get(10, TimeUnit.SECONDS).status().isOk()).isTrue();
                checkHealth(connection);
                assertThat(HealthWatch.of(connection.channel(), "places.v1.Places").next()).isNotNull();
                reflect(connection);
                assertThat(held).noneMatch(CompletableFuture::isDone);
                context.getBean(BusyPlaces.class).release.countDown();
                assertThat(Flood.codes(Flood.ends(held))).containsOnlyKeys(Code.OK);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void liveStreamsThatHoldAllTheirThreadsLeaveUnaryCallsAlone(String type) {
        this.runner
            .withPropertyValues("rpc.server.pools.streams.type=" + type, "rpc.server.pools.streams.size=1",
                    "rpc.server.pools.streams.queue-capacity=0", "rpc.server.pools.small.type=" + type)
            .run((context) -> {
                try (Connection connection = Connection.to(context);
                        RpcStream<Note, Note> live = RpcStream.open(connection.channel(),
                                PlacesGrpc.getNotesMethod())) {
                    live.send(Note.getDefaultInstance());
                    assertThat(live.hasNext()).isTrue();
                    Ended refused = Flood
                        .call(connection.channel(), PlacesGrpc.getNotesMethod(), Note.getDefaultInstance(),
                                CallOptions.DEFAULT)
                        .get(10, TimeUnit.SECONDS);
                    assertThat(refused.status().getDescription())
                        .isEqualTo("pool 'streams' is full (1 running, 0 waiting)");
                    assertThat(connection.find("").getZone()).startsWith("rpc-small-");
                    checkHealth(connection);
                }
            });
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void drainTellsWatchersAndServesOtherPoolsMeanwhile(String type) {
        this.runner
            .withPropertyValues("rpc.server.pools.small.type=" + type, "rpc.server.shutdown.delay=4s",
                    "rpc.server.shutdown.grace=50ms")
            .run((context) -> {
                AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
                try (Connection connection = Connection.to(context)) {
                    List<CompletableFuture<Ended>> held = wedge(context, connection);
                    HealthWatch watch = HealthWatch.of(connection.channel(), "");
                    assertThat(watch.next()).isEqualTo(ServingStatus.SERVING);
                    Thread closing = new Thread(context.getSourceApplicationContext()::close);
                    closing.start();
                    assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);
                    assertThat(connection.places().within(Area.getDefaultInstance()).hasNext()).isTrue();
                    assertThat(Flood.ends(held)).allSatisfy((end) -> assertThat(end.status().toString())
                        .contains("code=UNAVAILABLE, description=The server shuts down:"
                                + " the call did not end within the grace period of 50ms"));
                    closing.join(10_000);
                    assertThat(closing.isAlive()).isFalse();
                }
            });
    }

    /** Holds all threads and places of the small pool. */
    private static List<CompletableFuture<Ended>> wedge(AssertableApplicationContext context, Connection connection)
            throws Exception {
        assertThat(context).hasNotFailed();
        List<CompletableFuture<Ended>> held = Flood.start(4, connection.channel(), PlacesGrpc.getFindMethod(), STUCK,
                CallOptions.DEFAULT);
        // A call whose headers came alone has a thread, too, and leaves it again.
        BusyPlaces places = context.getBean(BusyPlaces.class);
        await().until(() -> places.entered.get() == 2 && small(context).waiting() == 2);
        Ended refused = Flood.call(connection.channel(), PlacesGrpc.getFindMethod(), STUCK, CallOptions.DEFAULT)
            .get(10, TimeUnit.SECONDS);
        assertThat(refused.status().getDescription()).isEqualTo("pool 'small' is full (2 running, 2 waiting)");
        return held;
    }

    private static PoolStatistics small(AssertableApplicationContext context) {
        return Objects.requireNonNull(context.getBean(RpcServer.class).poolStatistics().get("small"));
    }

    private static void checkHealth(Connection connection) {
        HealthGrpc.newBlockingStub(connection.channel())
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance());
    }

    private static void reflect(Connection connection) {
        try (RpcStream<ServerReflectionRequest, ServerReflectionResponse> stream = RpcStream.open(connection.channel(),
                ServerReflectionGrpc.getServerReflectionInfoMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS))) {
            stream.send(ServerReflectionRequest.newBuilder().setListServices("").build());
            assertThat(stream.next().getListServicesResponse().getServiceList()).isNotEmpty();
        }
    }

}
