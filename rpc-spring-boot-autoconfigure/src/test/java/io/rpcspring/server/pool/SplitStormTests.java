package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Requests that come just as the run of their headers ends: a race that is lost once in
 * 100,000 calls, if at all.
 */
@Tag("slow")
class SplitStormTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final LongAdder served = new LongAdder();

    @ParameterizedTest
    @ValueSource(strings = { "default", "streams" })
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void noCallIsLost(String pool) {
        try (PlacesServer server = PlacesServer.start(BusyPlaces.class,
                "rpc.server.services.[places.v1.Places].methods.Within.pool=" + pool,
                "rpc.server.pools." + pool + ".size=8", "rpc.server.pools." + pool + ".type=platform")) {
            long end = System.nanoTime() + LONG.toNanos();
            List<CompletableFuture<Void>> callers = IntStream.range(0, 200)
                .mapToObj((i) -> callUntil(end, server))
                .toList();
            CompletableFuture.allOf(callers.toArray(CompletableFuture<?>[]::new))
                .orTimeout(LONG.plusMinutes(1).toSeconds(), TimeUnit.SECONDS)
                .join();
            // A call's end is counted a moment after its client has seen it.
            await().until(() -> server.statistics(pool).completed() == this.served.sum());
            server.awaitIdle();
            PoolStatistics statistics = server.statistics(pool);
            assertThat(statistics.completed()).isEqualTo(this.served.sum()).isGreaterThan(10_000);
            assertThat(statistics.running()).isZero();
            assertThat(statistics.waiting()).isZero();
        }
    }

    /** One call after the other. */
    private CompletableFuture<Void> callUntil(long end, PlacesServer server) {
        CompletableFuture<Ended> call = new CompletableFuture<>();
        ClientCall<Area, ?> split = Flood.open(server.channel(), PlacesGrpc.getWithinMethod(), CallOptions.DEFAULT,
                new Metadata(), call);
        long pause = ThreadLocalRandom.current().nextLong(1_000);
        CompletableFuture.delayedExecutor(pause, TimeUnit.MICROSECONDS).execute(() -> {
            split.sendMessage(Area.getDefaultInstance());
            split.halfClose();
        });
        return call.thenComposeAsync((ended) -> {
            assertThat(ended.status().isOk()).as(ended.status().toString()).isTrue();
            this.served.increment();
            return (System.nanoTime() < end) ? callUntil(end, server) : CompletableFuture.completedFuture(null);
        });
    }

}
