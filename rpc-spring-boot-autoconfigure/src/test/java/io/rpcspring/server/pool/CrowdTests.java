package io.rpcspring.server.pool;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ApplicationContext;

import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of many more calls than a pool has threads, over several connections.
 */
@WithLibrary("grpc-services")
class CrowdTests {

    private static final Metadata.Key<String> PUSHBACK = Metadata.Key.of("grpc-retry-pushback-ms",
            Metadata.ASCII_STRING_MARSHALLER);

    private final List<Connection> connections = new ArrayList<>();

    @AfterEach
    void stop() {
        this.connections.forEach(Connection::close);
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void poolServesAsManyAsItHasPlacesAndRefusesTheRestAtOnce(String type) {
        StarterRunner.withServerOnFreePort()
            .withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.default.type=" + type, "rpc.server.pools.default.size=8",
                    "rpc.server.pools.default.queue-capacity=16", "rpc.server.pools.default.queue-timeout=1m")
            .run((context) -> {
                connect(context, 4);
                ThreadMXBean threads = idleThreads();
                int idle = threads.getThreadCount();
                List<CompletableFuture<Ended>> calls = flood(125, BusyPlaces.STUCK);
                await().until(() -> calls.stream().filter(CompletableFuture::isDone).count() == 476);
                checkHealth(this.connections.get(0));
                await().until(() -> statistics(context).running() == 8);
                assertThat(statistics(context).waiting()).isEqualTo(16);
                context.getBean(BusyPlaces.class).release.countDown();
                List<Ended> ends = Flood.ends(calls);
                assertThat(Flood.codes(ends)).containsOnly(Map.entry(Code.OK, 24L),
                        Map.entry(Code.RESOURCE_EXHAUSTED, 476L));
                assertThat(ends).filteredOn((end) -> end.is(Code.RESOURCE_EXHAUSTED)).allSatisfy((end) -> {
                    assertThat(end.status().getDescription())
                        .matches("pool 'default' is full \\(\\d running, \\d+ waiting\\)");
                    assertThat(Long.parseLong(end.trailers().get(PUSHBACK))).isBetween(10L, 20_000L);
                });
                assertThat(threads.getPeakThreadCount() - idle).isLessThanOrEqualTo(30);
                assertThat(statistics(context).refused()).isEqualTo(476);
                await().until(() -> statistics(context).completed() == 24);
                assertThat(statistics(context).longestQueueTime()).isPositive();
            });
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualPoolServesTenThousandSleepingCallsOnAHandfulOfThreads() {
        StarterRunner.withServerOnFreePort()
            .withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.default.type=virtual")
            .run((context) -> {
                connect(context, 10);
                ThreadMXBean threads = idleThreads();
                int idle = threads.getThreadCount();
                assertThat(Flood.codes(Flood.ends(flood(1000, "100")))).containsOnly(Map.entry(Code.OK, 10_000L));
                assertThat(threads.getPeakThreadCount() - idle).isLessThanOrEqualTo(30);
            });
    }

    @Test
    void platformPoolServesWhatItLetsInOfTenThousandCallsAsIfThereWereNoOthers() {
        StarterRunner.withServerOnFreePort()
            .withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.pools.default.type=platform", "rpc.server.pools.default.size=32",
                    "rpc.server.pools.default.queue-capacity=32")
            .run((context) -> {
                connect(context, 10);
                List<Ended> ends = Flood.ends(flood(1000, "100"));
                assertThat(Flood.codes(ends)).containsOnlyKeys(Code.OK, Code.RESOURCE_EXHAUSTED);
                assertThat(ends).filteredOn((end) -> end.is(Code.OK)).hasSizeGreaterThanOrEqualTo(64);
                assertThat(statistics(context).longestQueueTime()).isLessThan(Duration.ofSeconds(5));
            });
    }

    private List<CompletableFuture<Ended>> flood(int each, String name) {
        List<CompletableFuture<Ended>> calls = new ArrayList<>();
        for (Connection connection : this.connections) {
            calls.addAll(Flood.start(each, connection.channel(), PlacesGrpc.getFindMethod(),
                    PlaceName.newBuilder().setName(name).build(), CallOptions.DEFAULT));
        }
        return calls;
    }

    /**
     * The clients have no threads of their own, so that those of the server can be
     * counted.
     */
    private void connect(ApplicationContext context, int count) {
        String target = "localhost:" + context.getBean(RpcServer.class).port();
        for (int i = 0; i < count; i++) {
            Connection connection = new Connection(
                    Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).directExecutor().build());
            this.connections.add(connection);
            checkHealth(connection);
        }
    }

    private static void checkHealth(Connection connection) {
        HealthGrpc.newBlockingStub(connection.channel()).check(HealthCheckRequest.getDefaultInstance());
    }

    private static ThreadMXBean idleThreads() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        threads.resetPeakThreadCount();
        return threads;
    }

    private static PoolStatistics statistics(ApplicationContext context) {
        return Objects.requireNonNull(context.getBean(RpcServer.class).poolStatistics().get("default"));
    }

}
