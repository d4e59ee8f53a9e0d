package io.rpcspring.actuate;

import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;

import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.HealthWatch;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.call.LiveCall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is seen of calls in flight, and that looking does not need what they need.
 */
class LiveCallsTests {

    private static final int THREADS = 20;

    private static final int CALLS = 1000;

    private static final PlaceName STUCK = PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();

    @Test
    void thousandCallsAreShownThoughTheirLocksAreHeld() {
        Exposed.runner()
            .withBean(BusyPlaces.class)
            .withBean(Started.class)
            .withPropertyValues("rpc.server.pools.default.type=platform", "rpc.server.pools.default.size=" + THREADS,
                    "rpc.server.pools.default.queue-capacity=" + CALLS, "rpc.server.pools.default.queue-timeout=1m",
                    "rpc.server.limits.calls-per-connection=" + CALLS)
            .run((context) -> {
                BusyPlaces places = context.getBean(BusyPlaces.class);
                try (Connection connection = Connection.to(context)) {
                    List<CompletableFuture<Ended>> calls = Flood.start(CALLS, connection.channel(),
                            PlacesGrpc.getFindMethod(), STUCK, CallOptions.DEFAULT);
                    Exposed exposed = new Exposed(context);
                    await().until(() -> places.entered.get() == THREADS && exposed.calls().count() == CALLS);
                    LiveReport live = whileLocked(locks(context.getBean(Started.class)).iterator(),
                            () -> CompletableFuture.supplyAsync(exposed::calls).orTimeout(10, TimeUnit.SECONDS).join());
                    assertThat(live.calls()).hasSize(CALLS)
                        .isSortedAccordingTo((one, other) -> other.age().compareTo(one.age()));
                    assertThat(live.calls().stream().filter((call) -> call.thread() != null)).hasSize(THREADS)
                        .allMatch((call) -> call.stage().equals("running"));
                    assertThat(live.calls().stream().filter((call) -> call.stage().equals("waiting")))
                        .hasSize(CALLS - THREADS);
                    places.release.countDown();
                    assertThat(Flood.codes(Flood.ends(calls))).containsOnlyKeys(Code.OK);
                }
            });
    }

    private static Stream<Object> locks(Started started) {
        return started.calls.stream().flatMap((call) -> Stream.of(call, Objects.requireNonNull(call.run())));
    }

    private static LiveReport whileLocked(Iterator<Object> locks, Supplier<LiveReport> question) {
        if (!locks.hasNext()) {
            return question.get();
        }
        synchronized (locks.next()) {
            return whileLocked(locks, question);
        }
    }

    @Test
    void callsWithoutPoolHaveAnAgeAndNoThread() {
        Exposed.runner()
            .withBean(LatePlaces.class)
            .withPropertyValues("rpc.server.pools.quick.type=direct",
                    "rpc.server.services.[places.v1.Places].pool=quick")
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    HealthWatch.of(connection.channel(), "").next();
                    CompletableFuture<Ended> call = Flood.call(connection.channel(), PlacesGrpc.getFindMethod(), STUCK,
                            CallOptions.DEFAULT);
                    LatePlaces places = context.getBean(LatePlaces.class);
                    await().until(() -> !places.waiting.isEmpty());
                    List<LiveReport.Call> live = new Exposed(context).calls().calls();
                    assertThat(live).extracting(LiveReport.Call::method)
                        .containsExactly("grpc.health.v1.Health/Watch", "places.v1.Places/Find");
                    assertThat(live).extracting(LiveReport.Call::pool).containsExactly(null, "quick");
                    assertThat(live).allMatch((each) -> each.thread() == null && each.stage().equals("running"));
                    await().until(
                            () -> new Exposed(context).calls().calls().get(1).age().compareTo(live.get(1).age()) > 0);
                    places.waiting.remove().onCompleted();
                    call.join();
                }
            });
    }

    /** Knows the calls that have begun. */
    @RpcInterceptor
    static class Started implements ServerInterceptor {

        private final Queue<LiveCall<?, ?>> calls = new ConcurrentLinkedQueue<>();

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            this.calls.add(Objects.requireNonNull(LiveCall.of(call)));
            return next.startCall(call, headers);
        }

    }

    /** Answers later, and holds no thread until then. */
    @RpcService
    static class LatePlaces extends PlacesFixture {

        private final Queue<StreamObserver<Place>> waiting = new ConcurrentLinkedQueue<>();

        @Override
        public void find(PlaceName name, StreamObserver<Place> response) {
            this.waiting.add(response);
        }

    }

}
