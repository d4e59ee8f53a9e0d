package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Threads of the operating system that take calls from a queue.
 * <p>
 * Threads are made on demand and the one that was idle last is used first, so that there
 * are no more than the load needs; after a minute without work they are let go. Only one
 * is on its way at a time: as soon as it runs it wakes the next if there is more to do.
 * So a burst of short calls is run by few threads, without a wake-up for each.
 */
final class PlatformThreads implements PoolThreads {

    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String pool;

    private final Queue<? extends Runnable> queue;

    private final RunLimit limit;

    /** Whether a thread is on its way to the queue. */
    private final AtomicBoolean waking = new AtomicBoolean();

    private final ClassLoader application = Thread.currentThread().getContextClassLoader();

    /** Guarded by this; the last was idle last. */
    private final Deque<Worker> idle = new ArrayDeque<>();

    /** All threads. Guarded by this. */
    private final Set<Worker> workers = new HashSet<>();

    /** Guarded by this. */
    private int number;

    /** Threads that are not idle. Guarded by this for writing. */
    private volatile int busy;

    private volatile boolean closed;

    PlatformThreads(String pool, Queue<? extends Runnable> queue, RunLimit limit) {
        this.pool = pool;
        this.queue = queue;
        this.limit = limit;
    }

    /**
     * Nobody is forgotten: a thread that has nothing to do first says so and then looks
     * at the queue once more, and one that finds all threads busy looks whether one has
     * said so meanwhile.
     */
    @Override
    public void wake() {
        while (!this.queue.isEmpty() && this.waking.compareAndSet(false, true)) {
            if (wakeOne()) {
                return;
            }
            this.waking.set(false);
            if (!isOneFree()) {
                return;
            }
        }
    }

    private synchronized boolean wakeOne() {
        if (!isOneFree()) {
            return false;
        }
        Worker next = this.idle.pollLast();
        if (next == null) {
            next = new Worker();
            if (!next.starts()) {
                return false;
            }
            this.workers.add(next);
        }
        next.idle = false;
        this.busy++;
        LockSupport.unpark(next.thread);
        return true;
    }

    private boolean isOneFree() {
        return !this.closed && this.busy < this.limit.now();
    }

    @Override
    public void close(Duration patience) {
        List<Thread> threads;
        synchronized (this) {
            this.closed = true;
            this.idle.forEach((worker) -> LockSupport.unpark(worker.thread));
            threads = this.workers.stream().map((worker) -> worker.thread).toList();
        }
        PoolThreads.end(threads, patience);
    }

    /**
     * One thread and what it does all its life.
     */
    private final class Worker implements Runnable {

        private final Thread thread;

        /** Written under the lock of all threads. */
        private volatile boolean idle;

        private Worker() {
            PlatformThreads.this.number++;
            String name = "rpc-" + PlatformThreads.this.pool + "-" + PlatformThreads.this.number;
            this.thread = new Thread(null, this, name, 0, false);
            this.thread.setContextClassLoader(PlatformThreads.this.application);
            this.thread.setDaemon(true);
        }

        private boolean starts() {
            try {
                this.thread.start();
                return true;
            }
            catch (OutOfMemoryError ex) {
                // The call waits for another thread, or for the next attempt.
                this.thread.getUncaughtExceptionHandler().uncaughtException(this.thread, ex);
                return false;
            }
        }

        @Override
        public void run() {
            do {
                PlatformThreads.this.waking.set(false);
                Runnable next = PlatformThreads.this.queue.poll();
                if (next != null) {
                    wake();
                }
                while (next != null) {
                    run(next);
                    next = next();
                }
            }
            while (findsWork());
        }

        private void run(Runnable next) {
            try {
                next.run();
            }
            catch (Throwable ex) {
                this.thread.getUncaughtExceptionHandler().uncaughtException(this.thread, ex);
            }
            finally {
                Thread.interrupted();
            }
        }

        private @Nullable Runnable next() {
            int allowed = PlatformThreads.this.limit.now();
            if (PlatformThreads.this.closed || PlatformThreads.this.busy > allowed) {
                return null;
            }
            return PlatformThreads.this.queue.poll();
        }

        /** Waits for work, and is let go if none comes. */
        private boolean findsWork() {
            setIdle();
            wake();
            long end = System.nanoTime() + IDLE_NANOS;
            while (this.idle) {
                long left = end - System.nanoTime();
                if ((left <= 0 || PlatformThreads.this.closed) && isLetGo()) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
            }
            return true;
        }

        private void setIdle() {
            synchronized (PlatformThreads.this) {
                this.idle = true;
                PlatformThreads.this.busy--;
                PlatformThreads.this.idle.addLast(this);
            }
        }

        private boolean isLetGo() {
            synchronized (PlatformThreads.this) {
                if (this.idle) {
                    PlatformThreads.this.idle.remove(this);
                    PlatformThreads.this.workers.remove(this);
                }
                return this.idle;
            }
        }

    }

}
