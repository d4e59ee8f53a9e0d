package io.rpcspring.server.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.support.GenericApplicationContext;

import io.rpcspring.RpcService;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * That a pool has as many places after calls have ended in every way as it had before.
 */
class StormTests {

    private static final int QUEUE = 20;

    private final GenericApplicationContext context = new GenericApplicationContext();

    private final MixedPlaces places = new MixedPlaces();

    private final List<Connection> connections = new ArrayList<>();

    @AfterEach
    void stop() {
        this.places.hold.countDown();
        this.connections.forEach(Connection::close);
        this.context.close();
    }

    static Stream<Arguments> limits() {
        return Pools.types()
            .flatMap((type) -> Stream.of("fixed", "adaptive").map((limit) -> Arguments.arguments(type, limit)));
    }

    @WithLibrary("concurrency-limits-core")
    @ParameterizedTest
    @MethodSource("limits")
    void everyCallGivesItsPlaceBackOnce(String type, String limit) throws Exception {
        start("type=" + type, "concurrency-limit=" + limit, "size=8", "min-size=2", "queue-capacity=" + QUEUE,
                "queue-timeout=2s");
        Connection connection = connect();
        for (int round = 0; round < 5; round++) {
            List<CompletableFuture<Ended>> calls = new ArrayList<>();
            int entered = this.places.entered.get();
            try (Connection lost = connect()) {
                for (int i = 0; i < 20; i++) {
                    calls.add(find(connection, "2", CallOptions.DEFAULT));
                    calls.add(find(connection, MixedPlaces.FAILS, CallOptions.DEFAULT));
                    calls.add(find(connection, "50",
                            CallOptions.DEFAULT.withDeadlineAfter(i + 1, TimeUnit.MILLISECONDS)));
                    calls.add(find(lost, "20", CallOptions.DEFAULT));
                    cancel(connection, PlacesGrpc.getFindMethod(), PlaceName.newBuilder().setName("20").build());
                    cancel(connection, PlacesGrpc.getWithinMethod(), Area.newBuilder().setRadiusKm(20).build());
                    cancel(connection, PlacesGrpc.getTravelMethod(), Point.newBuilder().setLatitude(20).build());
                    cancel(connection, PlacesGrpc.getNotesMethod(), Note.newBuilder().setText("20").build());
                    calls.addAll(Flood.start(1, lost.channel(), PlacesGrpc.getNotesMethod(), 20));
                }
                await().until(() -> this.places.entered.get() > entered);
            }
            assertThat(Flood.ends(calls)).extracting(Ended::status)
                // CANCELLED: the channel was closed before it had a connection.
                .allSatisfy((status) -> assertThat(status.getCode()).isIn(Code.OK, Code.NOT_FOUND,
                        Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED, Code.UNAVAILABLE, Code.CANCELLED));
        }
        // Comes after those that were left.
        Flood.ends(List.of(find(connection, "2", CallOptions.DEFAULT)));
        for (int i = 0; i < 2; i++) {
            nothingIsInThePool();
            fillAndLetTheQueueExpire(connection);
        }
        assertThat(find(connection, "2", CallOptions.DEFAULT).join().status().isOk()).isTrue();
        nothingIsInThePool();
    }

    private void fillAndLetTheQueueExpire(Connection connection) {
        this.places.hold = new CountDownLatch(1);
        PoolStatistics before = statistics();
        List<CompletableFuture<Ended>> calls = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            calls.add(find(connection, BusyPlaces.STUCK, CallOptions.DEFAULT));
        }
        await().untilAsserted(() -> {
            PoolStatistics full = statistics();
            assertThat(full.running()).isEqualTo(full.size());
            assertThat(full.waiting()).isEqualTo(QUEUE);
            assertThat(full.refused() - before.refused()).isEqualTo(60 - QUEUE - full.size());
        });
        // The last call before may have moved the limit a moment ago.
        int size = statistics().size();
        await().until(() -> statistics().expired() - before.expired() == QUEUE);
        this.places.hold.countDown();
        assertThat(Flood.codes(Flood.ends(calls)).get(Code.OK)).isEqualTo(size);
        await().untilAsserted(() -> assertThat(statistics().completed() - before.completed()).isEqualTo(size));
    }

    private void nothingIsInThePool() {
        await().untilAsserted(() -> {
            assertThat(statistics().running()).isZero();
            assertThat(statistics().waiting()).isZero();
            // Their ends are counted when they are told, which may be later.
            assertThat(this.context.getBean(RpcServer.class).calls()).isEmpty();
        });
    }

    private static CompletableFuture<Ended> find(Connection connection, String name, CallOptions options) {
        return Flood.call(connection.channel(), PlacesGrpc.getFindMethod(),
                PlaceName.newBuilder().setName(name).build(), options);
    }

    /** Starts a call and leaves it. */
    private static <Q, R> void cancel(Connection connection, MethodDescriptor<Q, R> method, Q request) {
        ClientCall<Q, R> call = connection.channel().newCall(method, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {
        }, new Metadata());
        call.request(1);
        call.sendMessage(request);
        call.cancel("changed my mind", null);
    }

    private PoolStatistics statistics() {
        return Objects.requireNonNull(this.context.getBean(RpcServer.class).poolStatistics().get("mixed"));
    }

    private void start(String... properties) {
        List<String> all = new ArrayList<>(List.of("rpc.server.services.[places.v1.Places].pool=mixed"));
        Stream.of(properties).map((property) -> "rpc.server.pools.mixed." + property).forEach(all::add);
        this.context.registerBean(MixedPlaces.class, () -> this.places);
        StarterRunner.addStarter(this.context, all.toArray(String[]::new));
        this.context.refresh();
    }

    private Connection connect() {
        Connection connection = Connection.to(this.context);
        this.connections.add(connection);
        return connection;
    }

    /** Its calls succeed, fail, or are held for a while. */
    @RpcService(PlacesGrpc.class)
    static class MixedPlaces extends BusyPlaces {

        static final String FAILS = "fails";

        volatile CountDownLatch hold = new CountDownLatch(1);

        @Override
        public Place find(PlaceName name) throws InterruptedException {
            if (name.getName().equals(FAILS)) {
                throw Status.NOT_FOUND.asRuntimeException();
            }
            if (name.getName().equals(STUCK)) {
                this.hold.await();
                return Place.getDefaultInstance();
            }
            return super.find(name);
        }

    }

}
