package io.rpcspring.server.pool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Threads that are blocked for calls that were cancelled are free at once, whoever blocks
 * them.
 */
class FreedThreadsTests {

    private static final int CALLS = 1_000;

    private static final int SIZE = 200;

    private final Blocking blocking = new Blocking();

    private final List<AutoCloseable> closed = new ArrayList<>();

    private final Set<Thread> others = threads();

    @AfterEach
    void stop() throws Exception {
        this.blocking.release.countDown();
        for (AutoCloseable each : this.closed) {
            each.close();
        }
    }

    static Stream<Arguments> everyPlace() {
        return Pools.types()
            .flatMap((type) -> Stream.of(Where.values()).map((where) -> Arguments.arguments(type, where)));
    }

    @ParameterizedTest
    @MethodSource("everyPlace")
    void thousandCancelledCallsLetTheNextOneIn(String type, Where where) {
        PlacesServer server = start(type, SIZE);
        List<ClientCall<?, ?>> calls = block(server, CALLS, where);
        await().until(() -> this.blocking.entered.get() == SIZE && waiting(server) == CALLS - SIZE);
        calls.forEach((call) -> call.cancel("enough", null));
        assertNextOneIsServed(server);
        server.awaitIdle();
        assertThat(this.blocking.interrupted.get()).isEqualTo(this.blocking.entered.get());
    }

    @ParameterizedTest
    @MethodSource("everyPlace")
    void thousandCallsThatAreResetAtOnceLetTheNextOneIn(String type, Where where) {
        PlacesServer server = start(type, SIZE);
        block(server, CALLS, where).forEach((call) -> call.cancel("enough", null));
        assertNextOneIsServed(server);
        // Others may still come: the client did not wait for them.
        await().untilAsserted(() -> {
            server.awaitIdle();
            assertThat(this.blocking.interrupted.get()).isEqualTo(this.blocking.entered.get());
        });
    }

    @ParameterizedTest
    @MethodSource("everyPlace")
    void withoutInterruptsTheThreadsAreLeftAlone(String type, Where where) {
        PlacesServer server = start(type, 2, "rpc.server.interrupt-cancelled=false");
        List<ClientCall<?, ?>> calls = block(server, 10, where);
        await().until(() -> this.blocking.entered.get() == 2 && waiting(server) == 8);
        calls.forEach((call) -> call.cancel("enough", null));
        await().until(() -> waiting(server) == 0);
        assertThat(server.statistics("default").running()).isEqualTo(2);
        this.blocking.release.countDown();
        server.awaitIdle();
        assertThat(this.blocking.entered).hasValue(2);
        assertThat(this.blocking.interrupted).hasValue(0);
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void interruptIsForgottenBeforeTheServiceIsToldAndBeforeTheNextCall(String type) throws Exception {
        PlacesServer server = start(type, 1);
        for (int i = 0; i < 20; i++) {
            ClientCall<?, ?> call = find(server, Blocking.UNTIL_INTERRUPTED);
            assertThat(this.blocking.next()).isEqualTo("begun");
            call.cancel("enough", null);
            assertThat(this.blocking.next()).isEqualTo("interrupted");
            assertThat(this.blocking.next()).isEqualTo("told, not interrupted");
            assertThat(server.connection().find(Blocking.NOT_AT_ALL).getZone()).isEqualTo("not interrupted");
        }
    }

    private PlacesServer start(String type, int size, String... properties) {
        List<String> all = new ArrayList<>(
                List.of("rpc.server.pools.default.type=" + type, "rpc.server.pools.default.size=" + size));
        all.add("rpc.server.pools.default.queue-timeout=1m");
        all.addAll(List.of(properties));
        PlacesServer server = PlacesServer.start(List.of(this.blocking, new Gate(this.blocking)),
                all.toArray(String[]::new));
        this.closed.add(server);
        return server;
    }

    private static List<ClientCall<?, ?>> block(PlacesServer server, int calls, Where where) {
        List<ClientCall<?, ?>> all = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            all.add(find(server, where.name()));
        }
        return all;
    }

    private static ClientCall<?, ?> find(PlacesServer server, String name) {
        Metadata headers = new Metadata();
        headers.put(Gate.BLOCK, name);
        ClientCall<PlaceName, Place> call = Flood.open(server.channel(), PlacesGrpc.getFindMethod(),
                CallOptions.DEFAULT, headers, new CompletableFuture<>());
        call.sendMessage(PlaceName.newBuilder().setName(name).build());
        call.halfClose();
        return call;
    }

    private static int waiting(PlacesServer server) {
        return server.statistics("default").waiting();
    }

    private void assertNextOneIsServed(PlacesServer server) {
        try (Connection other = Connection.to(server.context())) {
            assertThat(other.find(Blocking.NOT_AT_ALL).getZone()).isEqualTo("not interrupted");
        }
        assertThat(threads()).filteredOn((thread) -> !this.others.contains(thread)).hasSizeLessThanOrEqualTo(SIZE);
    }

    private static Set<Thread> threads() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf((thread) -> !thread.getName().startsWith("rpc-default-"));
        return threads;
    }

    /** Where a call blocks its thread. */
    enum Where {

        INTERCEPTOR,

        HANDLER

    }

    /** A generated base class that blocks. */
    @RpcService
    static class Blocking extends PlacesGrpc.PlacesImplBase {

        private static final String NOT_AT_ALL = "not at all";

        private static final String UNTIL_INTERRUPTED = "until interrupted";

        private final CountDownLatch release = new CountDownLatch(1);

        private final AtomicInteger entered = new AtomicInteger();

        private final AtomicInteger interrupted = new AtomicInteger();

        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

        @Override
        public void find(PlaceName request, StreamObserver<Place> response) {
            switch (request.getName()) {
                case NOT_AT_ALL -> {
                    response.onNext(Place.newBuilder().setZone(interruptedOrNot()).build());
                    response.onCompleted();
                }
                case UNTIL_INTERRUPTED -> {
                    ((ServerCallStreamObserver<Place>) response)
                        .setOnCancelHandler(() -> this.events.add("told, " + interruptedOrNot()));
                    this.events.add("begun");
                    while (!Thread.currentThread().isInterrupted()) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    this.events.add("interrupted");
                }
                default -> block();
            }
        }

        private void block() {
            this.entered.incrementAndGet();
            try {
                this.release.await();
            }
            catch (InterruptedException ex) {
                this.interrupted.incrementAndGet();
                Thread.currentThread().interrupt();
            }
        }

        private static String interruptedOrNot() {
            return Thread.currentThread().isInterrupted() ? "interrupted" : "not interrupted";
        }

        private String next() throws InterruptedException {
            return String.valueOf(this.events.poll(10, TimeUnit.SECONDS));
        }

    }

    /**
     * Blocks calls before they begin, if they want it.
     *
     * @param blocking how
     */
    @RpcInterceptor
    record Gate(Blocking blocking) implements ServerInterceptor {

        private static final Metadata.Key<String> BLOCK = Metadata.Key.of("x-block", Metadata.ASCII_STRING_MARSHALLER);

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            if (Where.INTERCEPTOR.name().equals(headers.get(BLOCK))) {
                this.blocking.block();
                return new ServerCall.Listener<>() {

                };
            }
            return next.startCall(call, headers);
        }

    }

}
