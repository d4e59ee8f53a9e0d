package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The life of platform threads: idle, called again, interrupted by others, let go.
 */
class WorkerTests {

    /** What is done when a thread has found no task. */
    private volatile Runnable onEmpty = () -> {
    };

    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>() {

        @Override
        public @Nullable Runnable poll() {
            Runnable task = super.poll();
            if (task == null) {
                WorkerTests.this.onEmpty.run();
            }
            return task;
        }

    };

    private final Set<Thread> made = ConcurrentHashMap.newKeySet();

    private final List<PoolThreads> pools = new ArrayList<>();

    @AfterEach
    void stop() {
        this.pools.forEach((pool) -> pool.close(Duration.ofSeconds(1)));
    }

    /** As by a watchdog of the application that is a moment too late. */
    @Test
    void lateInterruptNeitherKeepsAnIdleThreadAwakeNorReachesTheNextTask() {
        PoolThreads pool = pool(() -> 1, Duration.ofMinutes(1));
        List<Boolean> interrupted = new CopyOnWriteArrayList<>();
        Runnable task = () -> interrupted.add(Thread.currentThread().isInterrupted());
        add(pool, task);
        await().until(() -> interrupted.size() == 1);
        Thread thread = this.made.iterator().next();
        await().until(() -> isIdle(thread));
        thread.interrupt();
        await().until(() -> !thread.isInterrupted() && isIdle(thread));
        add(pool, task);
        await().until(() -> interrupted.size() == 2);
        assertThat(interrupted).containsOnly(false);
        assertThat(this.made).hasSize(1);
    }

    @Test
    void idleThreadsAreLetGoAndOthersAreMadeWhenTheyAreNeeded() throws Exception {
        PoolThreads pool = pool(() -> 3, Duration.ofMillis(200));
        for (int i = 1; i <= 2; i++) {
            CountDownLatch together = new CountDownLatch(3);
            for (int j = 0; j < 3; j++) {
                add(pool, () -> {
                    together.countDown();
                    try {
                        together.await();
                    }
                    catch (InterruptedException ex) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            together.await();
            await().until(() -> this.made.stream().noneMatch(Thread::isAlive));
            assertThat(this.made).hasSize(3 * i);
        }
    }

    /**
     * A thread looks twice before it is idle. Nobody else would find the task.
     * @param look after which look the task comes
     */
    @ParameterizedTest
    @ValueSource(ints = { 1, 2 })
    void taskThatComesWhileTheOnlyThreadBecomesIdleIsNotForgotten(int look) {
        CountDownLatch ran = new CountDownLatch(2);
        PoolThreads pool = pool(() -> 1, Duration.ofMinutes(1));
        Thread other = new Thread(() -> add(pool, ran::countDown));
        AtomicInteger looks = new AtomicInteger();
        this.onEmpty = () -> {
            if (looks.incrementAndGet() == look) {
                other.start();
                await().until(() -> !other.isAlive() || other.getState() == Thread.State.BLOCKED);
            }
        };
        add(pool, ran::countDown);
        await().until(() -> ran.getCount() == 0);
        assertThat(this.made).hasSize(1);
    }

    /** There is no watch here that would find it. */
    @Test
    void noTaskIsForgottenWhileThreadsBecomeIdleAndGoAndTheLimitMoves() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        PoolThreads pool = pool(() -> 1 + ThreadLocalRandom.current().nextInt(3), Duration.ofNanos(20_000));
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1500);
        AtomicInteger left = new AtomicInteger(3);
        for (int i = 0; i < 3; i++) {
            new Thread(() -> {
                while (System.nanoTime() < end) {
                    AtomicInteger ran = new AtomicInteger();
                    int tasks = 1 + ThreadLocalRandom.current().nextInt(3);
                    for (int j = 0; j < tasks; j++) {
                        add(pool, () -> {
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            pause(5_000);
                            running.decrementAndGet();
                            ran.incrementAndGet();
                        });
                        pause(2_000);
                    }
                    while (ran.get() < tasks) {
                        Thread.onSpinWait();
                    }
                    pause(40_000);
                }
                left.decrementAndGet();
            }).start();
        }
        await().until(() -> left.get() == 0);
        assertThat(most.get()).isBetween(1, 3);
        assertThat(this.queue).isEmpty();
    }

    /** Awake, for up to so long. */
    private static void pause(int nanos) {
        long end = System.nanoTime() + ThreadLocalRandom.current().nextInt(nanos);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private static boolean isIdle(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING;
    }

    private void add(PoolThreads pool, Runnable task) {
        this.queue.add(task);
        pool.wake();
    }

    private PoolThreads pool(IntSupplier limit, Duration patience) {
        RunLimit moving = new RunLimit() {

            @Override
            public int now() {
                return limit.getAsInt();
            }

            @Override
            public void learn(long start, long nanos, int running, boolean tooSlow) {
            }

        };
        PoolThreads pool = new PlatformThreads("tested", this.queue, moving, new ThreadShortage("tested", () -> {
        }), (task) -> {
            Thread thread = new Thread(task);
            this.made.add(thread);
            return thread;
        }, patience);
        this.pools.add(pool);
        return pool;
    }

}
