package io.rpcspring.server.pool;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.rpcspring.RpcInterceptor;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What pools do with their calls and threads while the server stops, and after.
 */
class PoolDrainTests {

    private static final PlaceName STUCK = PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();

    private final Threads threads = new Threads();

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withBean(Threads.class, () -> this.threads)
        .withPropertyValues("rpc.server.pools.one.size=1", "rpc.server.services.[places.v1.Places].pool=one");

    @WithLibrary("grpc-services")
    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#everyKindOnEveryType")
    void whatWasLetInIsServed(String type, Class<?> service, MethodDescriptor<?, ?> kind) {
        Set<String> before = serverThreads();
        this.runner.withBean(service).withPropertyValues("rpc.server.pools.one.type=" + type).run((context) -> {
            assertThat(context).hasNotFailed();
            try (Connection connection = Connection.to(context)) {
                checkHealth(connection);
                List<CompletableFuture<Ended>> calls = Flood.start(20, connection.channel(), kind, 10);
                // Comes after the calls' headers, and needs no pool.
                checkHealth(connection);
                context.close();
                assertThat(Flood.codes(Flood.ends(calls))).containsOnly(Map.entry(Code.OK, 20L));
            }
        });
        assertNothingIsLeftBut(before);
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void whatRunsTooLongIsInterruptedAndWhatWaitsIsToldWhy(String type) {
        Set<String> before = serverThreads();
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.one.type=" + type, "rpc.server.shutdown.grace=50ms")
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    List<CompletableFuture<Ended>> calls = Flood.start(20, connection.channel(),
                            PlacesGrpc.getFindMethod(), STUCK, CallOptions.DEFAULT);
                    await().until(() -> statistics(context).running() == 1 && statistics(context).waiting() == 19);
                    context.close();
                    assertThat(Flood.ends(calls)).allSatisfy((end) -> assertThat(end.status().toString())
                        .contains("code=UNAVAILABLE, description=The server shuts down:"
                                + " the call did not end within the grace period of 50ms"));
                }
            });
        assertNothingIsLeftBut(before);
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void serverThatStartsAgainHasPoolsThatWork(String type) {
        Set<String> before = serverThreads();
        this.runner.withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.one.type=" + type, "rpc.server.pools.streams.type=" + type,
                    "rpc.server.services.[places.v1.Places].methods.Within.pool=streams")
            .run((context) -> {
                RpcServer server = context.getBean(RpcServer.class);
                for (int i = 0; i < 3; i++) {
                    try (Connection connection = Connection.to(context)) {
                        assertThat(connection.find("").getZone()).startsWith("rpc-one-");
                        assertThat(connection.places().within(Area.getDefaultInstance()).next().getZone())
                            .startsWith("rpc-streams-");
                        await().until(() -> statistics(context).completed() == 1);
                    }
                    server.stop();
                    assertThat(server.poolStatistics()).isEmpty();
                    assertNothingIsLeftBut(before);
                    server.start();
                }
            });
        assertNothingIsLeftBut(before);
    }

    private void assertNothingIsLeftBut(Set<String> before) {
        await().untilAsserted(() -> {
            assertThat(serverThreads()).isSubsetOf(before);
            assertThat(this.threads.seen).noneMatch(Thread::isAlive);
        });
    }

    /** Names of threads, without those that are virtual. */
    private static Set<String> serverThreads() {
        Set<String> names = new HashSet<>();
        Thread.getAllStackTraces().keySet().forEach((thread) -> names.add(thread.getName()));
        names.removeIf((name) -> !name.startsWith("rpc-"));
        return names;
    }

    private static void checkHealth(Connection connection) {
        HealthGrpc.newBlockingStub(connection.channel())
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance());
    }

    private static PoolStatistics statistics(ApplicationContext context) {
        return Objects.requireNonNull(context.getBean(RpcServer.class).poolStatistics().get("one"));
    }

    /** Remembers the threads that calls had. */
    @RpcInterceptor
    static class Threads implements ServerInterceptor {

        private final Set<Thread> seen = ConcurrentHashMap.newKeySet();

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            this.seen.add(Thread.currentThread());
            return next.startCall(call, headers);
        }

    }

}
