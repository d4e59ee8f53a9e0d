package io.rpcspring.test.fault;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.Test;

import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which calls a fault hits.
 */
class FaultBookTests {

    private static final FaultPlan RESET = FaultPlan.NONE.withEnd(FaultEnd.RESET);

    private static final int CALLS = 10_000;

    @Test
    void tenPercentAreTenPercentWhateverTheSeed() {
        for (long seed : new long[] { 0, 1, 42, -1, Long.MAX_VALUE, Long.MIN_VALUE }) {
            long hits = hits(seed, 0).stream().filter((hit) -> hit).count();
            assertThat(hits).as("seed " + seed).isBetween(800L, 1200L);
        }
    }

    @Test
    void theSameSeedHitsTheSameCallsAndEachFaultHasItsOwn() {
        assertThat(hits(42, 0)).isEqualTo(hits(42, 0)).isNotEqualTo(hits(43, 0)).isNotEqualTo(hits(42, 1));
    }

    private static List<Boolean> hits(long seed, int faultsBefore) {
        try (FaultBook book = new FaultBook()) {
            book.seed(seed);
            for (int i = 0; i < faultsBefore; i++) {
                book.disarm(book.arm(FaultMatch.onServer(), FaultShare.ALL, RESET));
            }
            book.arm(FaultMatch.onServer(), FaultShare.ALL.withPercent(10), RESET);
            return IntStream.range(0, CALLS).mapToObj((call) -> isHit(book)).toList();
        }
    }

    private static boolean isHit(FaultBook book) {
        return FaultProbe.hits(book, PlacesGrpc.getFindMethod());
    }

    @Test
    void threadsDoNotChangeHowManyAreHit() throws InterruptedException {
        long alone = hits(7, 0).stream().filter((hit) -> hit).count();
        try (FaultBook book = new FaultBook()) {
            book.seed(7);
            ArmedFault fault = book.arm(FaultMatch.onServer(), FaultShare.ALL.withPercent(10), RESET);
            ExecutorService threads = Executors.newFixedThreadPool(8);
            IntStream.range(0, CALLS).forEach((call) -> threads.execute(() -> isHit(book)));
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(fault.hits()).isEqualTo((int) alone);
        }
    }

    @Test
    void threadsDoNotExceedTheTimes() throws InterruptedException {
        try (FaultBook book = new FaultBook()) {
            ArmedFault fault = book.arm(FaultMatch.onServer(), FaultShare.ALL.withTimes(500).withSkip(100), RESET);
            ExecutorService threads = Executors.newFixedThreadPool(8);
            IntStream.range(0, 2000).forEach((call) -> threads.execute(() -> isHit(book)));
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(fault.hits()).isEqualTo(500);
        }
    }

    @Test
    void resetStartsAfresh() {
        try (FaultBook book = new FaultBook()) {
            book.seed(7);
            book.arm(FaultMatch.onServer(), FaultShare.ALL, RESET);
            book.reset();
            assertThat(isHit(book)).isFalse();
            book.arm(FaultMatch.onServer(), FaultShare.ALL.withPercent(10), RESET);
            assertThat(IntStream.range(0, CALLS).mapToObj((call) -> isHit(book))).isEqualTo(hits(0, 0));
        }
    }

    @Test
    void servicesOfGrpcItselfAreHitOnlyByTheirNames() {
        try (FaultBook book = new FaultBook()) {
            book.arm(FaultMatch.onServer(), FaultShare.ALL, RESET);
            assertThat(FaultProbe.hits(book, HealthGrpc.getCheckMethod())).isFalse();
            book.arm(FaultMatch.onServer().withService(HealthGrpc.SERVICE_NAME), FaultShare.ALL, RESET);
            assertThat(FaultProbe.hits(book, HealthGrpc.getCheckMethod())).isTrue();
        }
    }

}
