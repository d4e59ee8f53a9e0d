package io.rpcspring.server.pool;

import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * One thread of a pool and what it does all its life.
 *
 * <pre>{@code
 *         go            no task left         no task for a while, or closed
 *   new -----> runs -----------------> idle -------------------------------> gone
 *    |          ^          go           |                                     ^
 *    |          +-----------------------+                                     |
 *    +------------------------------------------------------------------------+
 *                          no thread is to be had
 * }</pre>
 *
 * The {@link Crew} decides under its lock; whoever asked it for a worker has that go.
 */
final class Worker implements Runnable {

    private final String name;

    private final Crew crew;

    private final PoolThreads threads;

    private volatile @Nullable Thread thread;

    /** Written under the crew's lock. */
    private volatile boolean idle;

    Worker(String name, Crew crew, PoolThreads threads) {
        this.name = name;
        this.crew = crew;
        this.threads = threads;
    }

    /** Makes it run when the crew has chosen it; throws what starting a thread throws. */
    void go(ThreadFactory factory) {
        if (!isNew()) {
            wake();
            return;
        }
        Thread made = factory.newThread(this);
        made.setName(this.name);
        this.thread = made;
        made.start();
    }

    boolean isNew() {
        return this.thread == null;
    }

    void wake() {
        LockSupport.unpark(this.thread);
    }

    Optional<Thread> thread() {
        return Optional.ofNullable(this.thread);
    }

    boolean isIdle() {
        return this.idle;
    }

    void setIdle(boolean idle) {
        this.idle = idle;
    }

    @Override
    public void run() {
        try {
            do {
                work();
            }
            while (goesOn());
        }
        finally {
            this.crew.leave(this);
        }
    }

    private void work() {
        forgetInterrupt();
        Runnable task = this.crew.firstTask(this);
        if (task != null) {
            // There may be more than one worker can do.
            this.threads.wake();
        }
        while (task != null) {
            run(task);
            forgetInterrupt();
            task = this.crew.nextTask(this);
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        }
        catch (Throwable ex) {
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, ex);
        }
    }

    /** Waits until it is to go again, or nobody needs it. */
    private boolean goesOn() {
        long end = System.nanoTime() + this.crew.patience().toNanos();
        while (this.idle) {
            long left = end - System.nanoTime();
            if ((left <= 0 || this.crew.isClosed()) && this.crew.letsGo(this)) {
                return false;
            }
            // Else it would not park.
            forgetInterrupt();
            LockSupport.parkNanos(this, left);
        }
        return true;
    }

    /** It was meant for a call that has ended. */
    private static void forgetInterrupt() {
        Thread.interrupted();
    }

}
