package io.rpcspring.server.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status.Code;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.support.GenericApplicationContext;

import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of calls for which no thread gets free in time.
 */
class LateCallTests {

    private static final PlaceName STUCK = PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();

    private final GenericApplicationContext context = new GenericApplicationContext();

    private final List<Connection> connections = new ArrayList<>();

    /** Calls that expired before a test began. */
    private long expired;

    @AfterEach
    void stop() {
        this.context.getBean(BusyPlaces.class).release.countDown();
        this.connections.forEach(Connection::close);
        this.context.close();
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void callThatWaitsTooLongIsRefusedThoughNoThreadGetsFree(String type) {
        Connection connection = wedge("type=" + type, "queue-timeout=150ms");
        Ended end = Flood.call(connection.channel(), PlacesGrpc.getFindMethod(), STUCK, CallOptions.DEFAULT).join();
        assertThat(end.status().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(end.status().getDescription())
            .isEqualTo("pool 'default' had no thread within 150ms (1 running, 1 waiting)");
        assertThat(end.trailers().keys()).contains("grpc-retry-pushback-ms");
        nothingWaits(1);
        assertThat(this.context.getBean(Interceptor.class).calls).hasValue(0);
    }

    @Test
    void streamThatWaitsTooLongIsRefused() {
        Connection connection = start("rpc.server.pools.streams.size=1",
                "rpc.server.pools.streams.queue-timeout=150ms");
        try (RpcStream<Note, Note> first = begun(connection)) {
            Ended notes = Flood
                .call(connection.channel(), PlacesGrpc.getNotesMethod(), Note.getDefaultInstance(), CallOptions.DEFAULT)
                .join();
            assertThat(notes.status().getDescription())
                .isEqualTo("pool 'streams' had no thread within 150ms (1 running, 1 waiting)");
            Ended within = Flood
                .call(connection.channel(), PlacesGrpc.getWithinMethod(), Area.getDefaultInstance(),
                        CallOptions.DEFAULT)
                .join();
            assertThat(within.status().getDescription())
                .isEqualTo("pool 'streams' had no thread within 150ms (1 running, 1 waiting)");
            first.send(Note.getDefaultInstance());
            assertThat(first.next()).isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void thousandsOfExpiredCallsGoWithoutRunningAnything(String type) {
        // One more, for the end of the call before.
        Connection connection = wedge("type=" + type, "queue-capacity=3001", "queue-timeout=1m");
        List<CompletableFuture<Ended>> calls = Flood.start(3_000, connection.channel(), PlacesGrpc.getFindMethod(),
                PlaceName.getDefaultInstance(), CallOptions.DEFAULT.withDeadlineAfter(6, TimeUnit.SECONDS));
        await().until(() -> statistics().waiting() >= 3_000);
        assertThat(Flood.codes(Flood.ends(calls))).containsOnlyKeys(Code.DEADLINE_EXCEEDED);
        nothingWaits(3_000);
        assertThat(this.context.getBean(Interceptor.class).calls).hasValue(0);
    }

    @Test
    void cancelledCallGivesItsPlaceUpThoughNoThreadGetsFree() {
        Connection connection = wedge("queue-capacity=1");
        ClientCall<PlaceName, Place> call = connection.channel()
            .newCall(PlacesGrpc.getFindMethod(), CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {
        }, new Metadata());
        call.sendMessage(STUCK);
        call.halfClose();
        await().until(() -> statistics().waiting() == 1);
        call.cancel("changed my mind", null);
        nothingWaits(1);
        assertThat(this.context.getBean(Interceptor.class).calls).hasValue(0);
    }

    @Test
    void callsWithoutTheirRequestDoNotFillThePoolForLong() {
        Connection connection = start("rpc.server.pools.default.size=1", "rpc.server.pools.default.queue-capacity=2");
        // grpc-java's clients send the headers of a unary call together with its request.
        MethodDescriptor<PlaceName, Place> method = PlacesGrpc.getFindMethod()
            .toBuilder()
            .setType(MethodType.BIDI_STREAMING)
            .build();
        List<ClientCall<PlaceName, Place>> silent = new ArrayList<>();
        CompletableFuture<Place> late = new CompletableFuture<>();
        for (int i = 0; i < 3; i++) {
            ClientCall<PlaceName, Place> call = connection.channel().newCall(method, CallOptions.DEFAULT);
            call.start(new ClientCall.Listener<>() {

                @Override
                public void onMessage(Place message) {
                    late.complete(message);
                }

            }, new Metadata());
            call.request(1);
            silent.add(call);
        }
        await().until(() -> statistics().waiting() == 3);
        await().ignoreExceptions().until(() -> connection.find("").getZone().startsWith("rpc-default-"));
        silent.get(0).sendMessage(PlaceName.getDefaultInstance());
        silent.get(0).halfClose();
        assertThat(late.orTimeout(10, TimeUnit.SECONDS).join().getZone()).startsWith("rpc-default-");
        silent.forEach((call) -> call.cancel("enough", null));
        await().until(() -> statistics().waiting() == 0 && statistics().running() == 0);
    }

    /** Holds the only thread, unless it has waited too long for it itself. */
    private static RpcStream<Note, Note> begun(Connection connection) {
        return await().ignoreExceptions().until(() -> {
            RpcStream<Note, Note> stream = RpcStream.open(connection.channel(), PlacesGrpc.getNotesMethod());
            stream.send(Note.getDefaultInstance());
            stream.next();
            return stream;
        }, Objects::nonNull);
    }

    private void nothingWaits(int expired) {
        await().untilAsserted(() -> {
            assertThat(statistics().waiting()).isZero();
            assertThat(statistics().expired() - this.expired).isEqualTo(expired);
        });
    }

    private PoolStatistics statistics() {
        return Objects.requireNonNull(this.context.getBean(RpcServer.class).poolStatistics().get("default"));
    }

    /** A default pool whose only thread does not come back. */
    private Connection wedge(String... properties) {
        List<String> all = new ArrayList<>(
                List.of("rpc.server.pools.default.size=1", "rpc.server.limits.calls-per-connection=20000"));
        for (String property : properties) {
            all.add("rpc.server.pools.default." + property);
        }
        Connection connection = start(all.toArray(String[]::new));
        // The first call takes long, for the JVM's sake.
        await().ignoreExceptions().until(() -> connection.find("").isInitialized());
        int served = this.context.getBean(BusyPlaces.class).entered.get();
        await().until(() -> {
            CompletableFuture<Ended> stuck = Flood.call(connection.channel(), PlacesGrpc.getFindMethod(), STUCK,
                    CallOptions.DEFAULT);
            await().until(() -> stuck.isDone() || this.context.getBean(BusyPlaces.class).entered.get() == served + 1);
            // Where threads come late, it may have waited too long itself.
            return !stuck.isDone();
        });
        this.context.getBean(Interceptor.class).calls.set(0);
        this.expired = statistics().expired();
        return connection;
    }

    private Connection start(String... properties) {
        this.context.registerBean(BusyPlaces.class);
        this.context.registerBean(Interceptor.class);
        StarterRunner.addStarter(this.context, properties);
        this.context.refresh();
        Connection connection = Connection.to(this.context);
        this.connections.add(connection);
        return connection;
    }

    /** Counts the calls that reach it. */
    @RpcInterceptor
    static class Interceptor implements ServerInterceptor {

        private final AtomicInteger calls = new AtomicInteger();

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            this.calls.incrementAndGet();
            return next.startCall(call, headers);
        }

    }

}
