package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.fixture.WithLibrary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The threads of a pool by themselves: none too many, none too late, none left.
 */
class PoolThreadsTests {

    private final List<HandlerPool> pools = new ArrayList<>();

    private final QueueWatch watch = new QueueWatch(this.pools, Stream::empty);

    @AfterEach
    void stop() {
        this.pools.forEach((pool) -> pool.close(Duration.ofSeconds(1)));
        this.watch.close();
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void whatManyThreadsBringIsRunOnceEachAndNeverMoreAtOnceThanTheSize(String type) throws Exception {
        HandlerPool pool = pool(type, 3, 3);
        int producers = 4;
        int each = 5_000;
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(producers * each);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < producers; i++) {
            Thread producer = new Thread(() -> {
                for (int j = 0; j < each; j++) {
                    pool.execute(() -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        running.decrementAndGet();
                        done.countDown();
                    });
                    if (j % 100 == 0) {
                        await().until(() -> pool.statistics().waiting() < 1000);
                    }
                }
            });
            producer.start();
            threads.add(producer);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        await().untilAsserted(() -> assertThat(done.getCount()).isZero());
        assertThat(most.get()).isBetween(1, 3);
        await().untilAsserted(() -> assertThat(pool.statistics().running() + pool.statistics().waiting()).isZero());
        assertThat(pool.statistics().started()).isEqualTo((long) producers * each);
    }

    /** A wake-up that got lost would leave the only task where it is. */
    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void noWakeUpGetsLost(String type) throws Exception {
        HandlerPool pool = pool(type, 2, 2);
        for (int i = 0; i < 5_000; i++) {
            CountDownLatch ran = new CountDownLatch(2);
            pool.execute(ran::countDown);
            pool.execute(ran::countDown);
            ran.await();
        }
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void blockedTasksGetAllThreadsThereAre(String type) throws Exception {
        HandlerPool pool = pool(type, 8, 8);
        CyclicBarrier together = new CyclicBarrier(8);
        CountDownLatch done = new CountDownLatch(80);
        for (int i = 0; i < 80; i++) {
            pool.execute(() -> {
                try {
                    together.await();
                    done.countDown();
                }
                catch (Exception ex) {
                    throw new IllegalStateException(ex);
                }
            });
        }
        done.await();
        assertThat(pool.statistics().started()).isEqualTo(80);
    }

    @Test
    void oneTaskAfterTheOtherNeedsFewThreads() throws Exception {
        HandlerPool pool = pool("platform", 200, 200);
        Set<String> threads = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 1000; i++) {
            CountDownLatch ran = new CountDownLatch(1);
            pool.execute(() -> {
                threads.add(Thread.currentThread().getName());
                ran.countDown();
            });
            ran.await();
        }
        assertThat(threads).hasSizeLessThan(10);
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void threadsBelongToTheApplicationAndAreDaemons(String type) throws Exception {
        ClassLoader mine = new ClassLoader() {
        };
        Thread.currentThread().setContextClassLoader(mine);
        HandlerPool pool;
        try {
            pool = pool(type, 1, 1);
        }
        finally {
            Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
        }
        CountDownLatch ran = new CountDownLatch(1);
        List<Object> seen = new ArrayList<>();
        pool.execute(() -> {
            Thread thread = Thread.currentThread();
            seen.addAll(List.of(thread.getContextClassLoader(), thread.isDaemon(), thread.getName()));
            ran.countDown();
        });
        ran.await();
        assertThat(seen).containsExactly(mine, true, "rpc-tested-1");
    }

    @Test
    void errorOfOneTaskLeavesThePoolAlone() throws Exception {
        HandlerPool pool = pool("platform", 1, 1);
        List<Throwable> thrown = new ArrayList<>();
        CountDownLatch ran = new CountDownLatch(1);
        pool.execute(() -> Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> thrown.add(ex)));
        pool.execute(() -> {
            Thread.currentThread().interrupt();
            throw new AssertionError("task failed");
        });
        pool.execute(() -> {
            if (!Thread.currentThread().isInterrupted()) {
                ran.countDown();
            }
        });
        ran.await();
        assertThat(thrown).singleElement().isInstanceOf(AssertionError.class);
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.server.pool.Pools#types")
    void closingInterruptsWhatStillRunsAndLeavesNoThread(String type) throws Exception {
        HandlerPool pool = pool(type, 4, 4);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        pool.execute(() -> threads.add(Thread.currentThread()));
        pool.execute(() -> {
            threads.add(Thread.currentThread());
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            }
            catch (InterruptedException ex) {
                interrupted.countDown();
            }
        });
        begun.await();
        pool.close(Duration.ofMillis(50));
        interrupted.await();
        await().untilAsserted(() -> assertThat(threads).noneMatch(Thread::isAlive));
    }

    @WithLibrary("concurrency-limits-core")
    @Test
    void adaptiveLimitFollowsTheLatency() throws Exception {
        HandlerPool pool = pool("platform", 100, 2);
        assertThat(pool.statistics().size()).isEqualTo(20);
        long start = System.nanoTime();
        int fast = 1_000_000;
        learn(pool, start, fast, 3_000);
        int grown = pool.statistics().size();
        assertThat(grown).isBetween(21, 100);
        learn(pool, start + Duration.ofMinutes(10).toNanos(), 50L * fast, 6_000);
        assertThat(pool.statistics().size()).isBetween(2, grown - 1);
    }

    /** Many calls of one length, as a clock would see them that runs faster than ours. */
    private static void learn(HandlerPool pool, long start, long nanos, int calls) {
        for (int i = 0; i < calls; i++) {
            pool.limit().learn(start + i * nanos, nanos, pool.statistics().size(), false);
        }
    }

    private HandlerPool pool(String type, int size, int minSize) {
        HandlerPool pool = new HandlerPool(
                new PoolSettings("tested",
                        type.equals("virtual") ? PoolSettings.Type.VIRTUAL : PoolSettings.Type.PLATFORM, size, 10,
                        Duration.ofSeconds(10), minSize),
                new RunSettings(true, null, Runnable::run, PoolStatistics.PoolObserver.NONE), this.watch);
        this.pools.add(pool);
        return pool;
    }

}
