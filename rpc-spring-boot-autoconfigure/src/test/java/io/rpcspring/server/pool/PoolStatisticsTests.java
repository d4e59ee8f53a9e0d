package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.pool.PoolStatistics.Expiry;
import io.rpcspring.server.pool.PoolStatistics.Refusal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a pool counts: each call once, and why it was not served.
 */
class PoolStatisticsTests {

    private static final PlaceName STUCK = PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();

    private final BusyPlaces places = new BusyPlaces();

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void eachCallIsCountedOnceByItsFate(String type) {
        try (PlacesServer server = start(type, "size=1", "queue-capacity=2", "queue-timeout=3s")) {
            CompletableFuture<Ended> running = stick(server, new Metadata());
            await().until(() -> this.places.entered.get() == 1);
            List<ClientCall<PlaceName, Place>> cancelled = List.of(open(server), open(server));
            CompletableFuture<Ended> refused = stick(server, new Metadata());
            assertThat(Flood.codes(Flood.ends(List.of(refused)))).containsOnlyKeys(Code.RESOURCE_EXHAUSTED);
            cancelled.forEach((call) -> call.cancel("enough", null));
            await().until(() -> server.statistics("default").waiting() == 0);
            // A client whose own clock knows nothing of it, and is no quicker.
            Metadata timeout = new Metadata();
            timeout.put(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER), "100m");
            CompletableFuture<Ended> deadline = stick(server, timeout);
            CompletableFuture<Ended> late = stick(server, new Metadata());
            assertThat(Flood.codes(Flood.ends(List.of(deadline)))).containsOnlyKeys(Code.DEADLINE_EXCEEDED);
            assertThat(Flood.codes(Flood.ends(List.of(late)))).containsOnlyKeys(Code.RESOURCE_EXHAUSTED);
            this.places.release.countDown();
            assertThat(Flood.codes(Flood.ends(List.of(running)))).containsOnlyKeys(Code.OK);
            await().untilAsserted(() -> {
                PoolStatistics end = server.statistics("default");
                assertThat(end.refusals()).isEqualTo(Map.of(Refusal.FULL, 1L, Refusal.ADAPTIVE, 0L));
                assertThat(end.expiries())
                    .isEqualTo(Map.of(Expiry.DEADLINE, 1L, Expiry.CANCELLED, 2L, Expiry.QUEUE_TIMEOUT, 1L));
                assertThat(end.completed()).isEqualTo(1);
            });
        }
    }

    @WithLibrary("concurrency-limits-core")
    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void adaptiveLimitIsItsOwnReason(String type) {
        try (PlacesServer server = start(type, "size=40", "min-size=1", "concurrency-limit=adaptive",
                "queue-capacity=1")) {
            assertThat(server.statistics("default").size()).isEqualTo(20);
            List<CompletableFuture<Ended>> calls = Flood.start(22, server.channel(), PlacesGrpc.getFindMethod(), STUCK,
                    CallOptions.DEFAULT);
            await().until(() -> server.statistics("default")
                .refusals()
                .equals(Map.of(Refusal.FULL, 0L, Refusal.ADAPTIVE, 1L)));
            this.places.release.countDown();
            assertThat(Flood.codes(Flood.ends(calls))).isEqualTo(Map.of(Code.OK, 21L, Code.RESOURCE_EXHAUSTED, 1L));
        }
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void runTimeGrowsWithEachCall(String type) {
        try (PlacesServer server = start(type, "size=1")) {
            for (int i = 1; i <= 3; i++) {
                Duration before = server.statistics("default").runTime();
                server.connection().find("10");
                int calls = i;
                await().until(() -> server.statistics("default").completed() == calls);
                server.awaitIdle();
                await().until(() -> server.statistics("default").runTime().minus(before).toMillis() >= 10);
            }
        }
    }

    private PlacesServer start(String type, String... properties) {
        String[] all = new String[properties.length + 1];
        all[0] = "rpc.server.pools.default.type=" + type;
        for (int i = 0; i < properties.length; i++) {
            all[i + 1] = "rpc.server.pools.default." + properties[i];
        }
        return PlacesServer.start(this.places, all);
    }

    private static CompletableFuture<Ended> stick(PlacesServer server, Metadata headers) {
        return Flood.call(server.channel(), PlacesGrpc.getFindMethod(), List.of(STUCK), CallOptions.DEFAULT, headers);
    }

    private static ClientCall<PlaceName, Place> open(PlacesServer server) {
        ClientCall<PlaceName, Place> call = Flood.open(server.channel(), PlacesGrpc.getFindMethod(),
                CallOptions.DEFAULT, new Metadata(), new CompletableFuture<>());
        call.sendMessage(STUCK);
        call.halfClose();
        return call;
    }

}
