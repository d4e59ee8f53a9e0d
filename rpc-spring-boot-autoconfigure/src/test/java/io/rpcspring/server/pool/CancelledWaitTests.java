package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status.Code;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.BusyObservers;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Calls that were started, wait for a thread with their request, and end: their places
 * are free at once, and the application hears of it on a thread of their pool.
 */
class CancelledWaitTests {

    /** Takes longer than any test, unless it is interrupted. */
    private static final PlaceName LONG = PlaceName.newBuilder().setName("60000").build();

    private final Auditor auditor = new Auditor();

    private final List<PlacesServer> servers = new ArrayList<>();

    /** Those that hold threads. */
    private final List<ClientCall<?, ?>> holders = new ArrayList<>();

    @AfterEach
    void stop() {
        this.auditor.release.countDown();
        this.servers.forEach(PlacesServer::close);
    }

    static Stream<Arguments> kindsWithOneRequest() {
        return Pools.everyKindOnEveryType()
            .filter((all) -> ((MethodDescriptor<?, ?>) all.get()[2]).getType().clientSendsOneMessage());
    }

    static Stream<Arguments> everyEnd() {
        return Pools.types()
            .flatMap((type) -> Stream.of(BusyPlaces.class, BusyObservers.class)
                .flatMap((service) -> Stream.of(End.values()).map((end) -> Arguments.arguments(type, service, end))));
    }

    @ParameterizedTest
    @MethodSource("kindsWithOneRequest")
    void itsPlaceIsFreeThoughNoThreadIs(String type, Class<?> service, MethodDescriptor<?, ?> kind) {
        assertPlacesAreFree(type, service, kind, true);
    }

    @ParameterizedTest
    @MethodSource("kindsWithOneRequest")
    void itsPlaceIsFreeThoughItsRequestHasNotCome(String type, Class<?> service, MethodDescriptor<?, ?> kind) {
        assertPlacesAreFree(type, service, kind, false);
    }

    private <Q> void assertPlacesAreFree(String type, Class<?> service, MethodDescriptor<Q, ?> kind,
            boolean withRequest) {
        PlacesServer server = start(List.of(service), type, "small.queue-capacity=4", "small.queue-timeout=1m");
        List<ClientCall<Q, ?>> calls = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < 3; i++) {
            calls.add(openWithoutRequest(server, kind).call());
        }
        ClientCall<PlaceName, Place> wedge = wedge(server);
        if (withRequest) {
            calls.forEach((call) -> send(call, Flood.request(kind)));
        }
        comeAfterThem(server);
        int waiting = server.statistics("small").waiting();
        // One that waits for its request keeps its place for a second.
        if (withRequest || System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1)) {
            assertThat(waiting).isEqualTo(3);
        }
        calls.forEach((call) -> call.cancel("enough", null));
        soon().until(() -> server.statistics("small").waiting() == 0);
        assertThat(server.statistics("small").running()).isEqualTo(1);
        List<CompletableFuture<Ended>> next = Flood.start(4, server.channel(), kind, 0);
        soon().until(() -> server.statistics("small").waiting() == 4);
        assertThat(server.statistics("small").refused()).isZero();
        wedge.cancel("enough", null);
        assertThat(Flood.codes(Flood.ends(next))).containsOnlyKeys(Code.OK);
        server.awaitIdle();
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void streamsThatHadNoPlaceTakeNoneToBeTold(String type) {
        PlacesServer server = start(List.of(BusyObservers.class), type, "small.queue-capacity=4");
        List<RpcStream<Note, Note>> idle = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            RpcStream<Note, Note> stream = RpcStream.open(server.channel(), PlacesGrpc.getNotesMethod());
            stream.send(Note.getDefaultInstance());
            stream.next();
            idle.add(stream);
        }
        soon().until(() -> server.statistics("other").running() == 0);
        ClientCall<Note, Note> wedge = holdOther(server);
        idle.forEach(RpcStream::close);
        // Comes after them, in another pool.
        assertThat(server.connection().find("0")).isNotNull();
        assertThat(server.statistics("other").waiting()).isZero();
        assertThat(server.statistics("other").completed()).isZero();
        wedge.cancel("enough", null);
        soon().until(() -> server.statistics("other").completed() == 11);
    }

    @ParameterizedTest
    @MethodSource("everyEnd")
    void interceptorThatBlocksAtItsEndHoldsNoOtherPoolUp(String type, Class<?> service, End end) {
        PlacesServer server = endWhileItWaits(type, service, end);
        assertThat(this.auditor.threads).isEmpty();
        assertThat(expireInAnotherPool(server).is(Code.RESOURCE_EXHAUSTED)).isTrue();
        // The end of the call that had the thread, and of the one that waited.
        this.holders.forEach((call) -> call.cancel("enough", null));
        soon().until(() -> !this.auditor.threads.isEmpty());
        assertThat(expireInAnotherPool(server).is(Code.RESOURCE_EXHAUSTED)).isTrue();
        this.auditor.release.countDown();
        soon().untilAsserted(() -> assertThat(this.auditor.threads).hasSize(2)
            .allMatch((thread) -> thread.matches("rpc-small-\\d+")));
    }

    @ParameterizedTest
    @MethodSource("everyEnd")
    void interceptorThatFailsAtItsEndTakesNoPlaceAndNoThreadWithIt(String type, Class<?> service, End end) {
        this.auditor.release.countDown();
        this.auditor.thrown = new NoClassDefFoundError("com/example/Audit");
        PlacesServer server = endWhileItWaits(type, service, end);
        this.holders.forEach((call) -> call.cancel("enough", null));
        soon().until(() -> this.auditor.threads.size() == 2);
        soon().until(() -> server.statistics("small").running() == 0 && server.statistics("small").waiting() == 0);
        // It may have waited too long for its thread.
        soon().until(() -> Flood.ends(Flood.start(1, server.channel(), PlacesGrpc.getFindMethod(), 0))
            .get(0)
            .status()
            .isOk());
        assertThat(expireInAnotherPool(server).is(Code.RESOURCE_EXHAUSTED)).isTrue();
        if (type.equals("platform")) {
            // Those of other tests end soon; its own would stay for a minute.
            await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
                .contains("rpc-small-1")
                .doesNotContain("rpc-small-2"));
        }
    }

    private PlacesServer endWhileItWaits(String type, Class<?> service, End end) {
        PlacesServer server = start(List.of(service, this.auditor), type, "small.queue-capacity=4",
                "small.queue-timeout=" + ((end == End.CANCEL) ? "1m" : "200ms"), "other.queue-timeout=200ms");
        holdOther(server);
        Opened<PlaceName> waiting = openWithoutRequest(server, PlacesGrpc.getFindMethod());
        this.holders.add(wedge(server));
        send(waiting.call(), PlaceName.getDefaultInstance());
        if (end == End.CANCEL) {
            waiting.call().cancel("enough", null);
            soon().until(() -> server.statistics("small").waiting() == 0);
        }
        else {
            assertThat(Flood.ends(List.of(waiting.end())).get(0).status().getDescription())
                .isEqualTo("pool 'small' had no thread within 200ms (1 running, 1 waiting)");
        }
        return server;
    }

    private PlacesServer start(List<?> beans, String type, String... properties) {
        List<String> all = new ArrayList<>(List.of("rpc.server.pools.other.size=1",
                "rpc.server.pools.other.type=" + type, "rpc.server.pools.small.size=1",
                "rpc.server.pools.small.type=" + type, "rpc.server.services.[places.v1.Places].methods.Find.pool=small",
                "rpc.server.services.[places.v1.Places].methods.Within.pool=small",
                "rpc.server.services.[places.v1.Places].methods.Notes.pool=other"));
        Stream.of(properties).map((property) -> "rpc.server.pools." + property).forEach(all::add);
        PlacesServer server = PlacesServer.start(beans, all.toArray(String[]::new));
        this.servers.add(server);
        return server;
    }

    /** A call that was started, unless it has waited too long for its thread. */
    private static <Q> Opened<Q> openWithoutRequest(PlacesServer server, MethodDescriptor<Q, ?> kind) {
        long started = server.statistics("small").started();
        CompletableFuture<Ended> end = new CompletableFuture<>();
        // grpc-java's clients send the headers of such a call together with its request.
        ClientCall<Q, ?> call = Flood.open(server.channel(),
                kind.toBuilder().setType(MethodType.BIDI_STREAMING).build(), CallOptions.DEFAULT, new Metadata(), end);
        soon().until(() -> end.isDone()
                || (server.statistics("small").started() > started && server.statistics("small").running() == 0));
        return end.isDone() ? openWithoutRequest(server, kind) : new Opened<>(call, end);
    }

    /** A call that holds the only thread, unless it has waited too long for it itself. */
    private static ClientCall<PlaceName, Place> wedge(PlacesServer server) {
        CompletableFuture<Ended> end = new CompletableFuture<>();
        ClientCall<PlaceName, Place> call = Flood.open(server.channel(), PlacesGrpc.getFindMethod(),
                CallOptions.DEFAULT, new Metadata(), end);
        send(call, LONG);
        return isHeld(server, "small", end) ? call : wedge(server);
    }

    /** Its headers alone hold a thread for a moment only. */
    private static boolean isHeld(PlacesServer server, String pool, CompletableFuture<Ended> end) {
        comeAfterThem(server);
        soon().until(() -> end.isDone() || server.statistics(pool).running() == 1);
        return !end.isDone();
    }

    /** In another pool: what was sent before has reached the server. */
    private static void comeAfterThem(PlacesServer server) {
        assertThat(Flood.ends(Flood.start(1, server.channel(), PlacesGrpc.getTravelMethod(), 0)).get(0).status().isOk())
            .isTrue();
    }

    /** Many times a test, so without the pauses of the usual one. */
    private static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    private static ClientCall<Note, Note> holdOther(PlacesServer server) {
        CompletableFuture<Ended> end = new CompletableFuture<>();
        ClientCall<Note, Note> call = Flood.open(server.channel(), PlacesGrpc.getNotesMethod(), CallOptions.DEFAULT,
                new Metadata(), end);
        call.sendMessage(Note.newBuilder().setText(LONG.getName()).build());
        return isHeld(server, "other", end) ? call : holdOther(server);
    }

    private static <Q> void send(ClientCall<Q, ?> call, Q request) {
        call.sendMessage(request);
        call.halfClose();
    }

    /** Whoever looks after the queues, and the transport, must be there for it. */
    private static Ended expireInAnotherPool(PlacesServer server) {
        return Flood.ends(Flood.start(1, server.channel(), PlacesGrpc.getNotesMethod(), 0)).get(0);
    }

    /**
     * A call that waits for its request on no thread.
     *
     * @param <Q> the type of the requests
     * @param call sends the request
     * @param end completed when the call ends
     */
    private record Opened<Q>(ClientCall<Q, ?> call, CompletableFuture<Ended> end) {

    }

    /** How a call ends that waits for a thread. */
    enum End {

        CANCEL,

        QUEUE_TIMEOUT

    }

    /** Does what may take long, or fail, when a call of one method was cancelled. */
    @RpcInterceptor
    static class Auditor implements ServerInterceptor {

        private final CountDownLatch release = new CountDownLatch(1);

        private final BlockingQueue<String> threads = new LinkedBlockingQueue<>();

        private volatile @Nullable Error thrown;

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            ServerCall.Listener<Q> listener = next.startCall(call, headers);
            if (!call.getMethodDescriptor()
                .getFullMethodName()
                .equals(PlacesGrpc.getFindMethod().getFullMethodName())) {
                return listener;
            }
            return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(listener) {

                @Override
                public void onCancel() {
                    audit();
                    super.onCancel();
                }

            };
        }

        private void audit() {
            this.threads.add(Thread.currentThread().getName());
            try {
                this.release.await();
            }
            catch (InterruptedException ex) {
                this.threads.add("interrupted");
            }
            Error error = this.thrown;
            if (error != null) {
                throw error;
            }
        }

    }

}
