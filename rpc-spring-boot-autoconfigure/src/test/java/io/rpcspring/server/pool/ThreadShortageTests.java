package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a pool does when the operating system gives it no thread.
 */
class ThreadShortageTests {

    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();

    private final AtomicInteger attempts = new AtomicInteger();

    private final AtomicInteger postponed = new AtomicInteger();

    private final ThreadShortage shortage = new ThreadShortage("tested", this.postponed::incrementAndGet);

    private final List<String> logged = new CopyOnWriteArrayList<>();

    private final Logger logger = Logger.getLogger(ThreadShortage.class.getName());

    private final Handler log = new Handler() {

        @Override
        public void publish(LogRecord line) {
            ThreadShortageTests.this.logged.add(line.getMessage());
        }

        @Override
        public void flush() {
        }

        @Override
        public void close() {
        }

    };

    /** How many threads may still be made. */
    private final AtomicInteger available = new AtomicInteger();

    private final PoolThreads threads = new PlatformThreads("tested", this.queue, new RunLimit.Fixed(200),
            this.shortage, this::thread, Duration.ofMinutes(1));

    @BeforeEach
    void listen() {
        this.logger.addHandler(this.log);
    }

    @AfterEach
    void stop() {
        this.logger.removeHandler(this.log);
        this.threads.close(Duration.ofSeconds(1));
    }

    @Test
    void isNotTriedAnewForEveryCallAndTheLogHasOneLine() {
        long start = System.nanoTime();
        CountDownLatch ran = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            add(this.threads, ran::countDown);
        }
        int seconds = (int) Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertThat(this.attempts.get()).isBetween(1, 1 + seconds);
        assertThat(this.postponed).hasValue(100);
        assertThat(this.logged).containsExactly("Pool 'tested' has 0 threads and could not start another: "
                + "java.lang.OutOfMemoryError: no thread for a test. Calls wait for those it has. Look at what limits "
                + "the threads of this process (ulimit -u, pids.max of its cgroup, memory), or give the pool fewer "
                + "(rpc.server.pools.tested.size).");
        this.available.set(1);
        await().until(() -> {
            this.threads.wake();
            return ran.getCount() == 0;
        });
    }

    @Test
    void callsAreServedByTheThreadsThereAre() throws Exception {
        this.available.set(2);
        Set<String> names = ConcurrentHashMap.newKeySet();
        CountDownLatch hold = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(50);
        for (int i = 0; i < 50; i++) {
            add(this.threads, () -> {
                names.add(Thread.currentThread().getName());
                awaitCalmly(hold);
                ran.countDown();
            });
        }
        await().until(() -> names.size() == 2);
        hold.countDown();
        ran.await();
        assertThat(names).containsExactlyInAnyOrder("rpc-tested-1", "rpc-tested-2");
        assertThat(this.logged).singleElement().asString().startsWith("Pool 'tested' has 2 threads ");
        this.available.set(1);
        await().until(() -> !this.shortage.lasts());
        CountDownLatch three = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            add(this.threads, () -> {
                three.countDown();
                awaitCalmly(three);
                names.add(Thread.currentThread().getName());
            });
        }
        await().until(() -> names.contains("rpc-tested-3"));
    }

    @Test
    void virtualThreadsThatDoNotStartLeaveTheirCallsInTheQueue() {
        PoolThreads virtual = new VirtualThreads<>(this.queue, new RunLimit.Fixed(2), this.shortage, this::thread);
        CountDownLatch ran = new CountDownLatch(5);
        for (int i = 0; i < 5; i++) {
            add(virtual, ran::countDown);
        }
        assertThat(this.attempts).hasValue(5);
        assertThat(this.postponed).hasValue(5);
        assertThat(this.queue).hasSize(5);
        assertThat(this.logged).hasSize(1);
        this.available.set(5);
        virtual.wake();
        await().until(() -> ran.getCount() == 0);
        virtual.close(Duration.ofSeconds(1));
    }

    private void add(PoolThreads pool, Runnable task) {
        this.queue.add(task);
        pool.wake();
    }

    private Thread thread(Runnable task) {
        return new Thread(task) {

            @Override
            public synchronized void start() {
                ThreadShortageTests.this.attempts.incrementAndGet();
                if (ThreadShortageTests.this.available.getAndUpdate((left) -> Math.max(0, left - 1)) == 0) {
                    throw new OutOfMemoryError("no thread for a test");
                }
                super.start();
            }

        };
    }

    private static void awaitCalmly(CountDownLatch latch) {
        try {
            latch.await();
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

}
