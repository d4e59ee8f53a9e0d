package io.rpcspring.server.pool;

import org.jspecify.annotations.Nullable;

/**
 * What a thread of a pool runs, and how that thread is interrupted and nothing else is.
 * <p>
 * An interrupt reaches the thread only between {@link #begin} and {@link #end}, and never
 * survives the latter: what the thread does next is another call's.
 */
public abstract sealed class PooledRun implements Runnable permits PlacedCall, ForeignHandler {

    private final HandlerPool pool;

    /** When it came into the queue, by the system's clock of nanoseconds. */
    private volatile long since;

    /** The thread that runs it now. Guarded by this. */
    private @Nullable Thread thread;

    PooledRun(HandlerPool pool) {
        this.pool = pool;
    }

    final HandlerPool pool() {
        return this.pool;
    }

    final long since() {
        return this.since;
    }

    /** It waits from now on. */
    final void waitFrom(long nanoTime) {
        this.since = nanoTime;
    }

    /**
     * Ends what has waited too long, on whatever thread looks after the queues.
     * @param nanoTime the time
     * @return whether it need not stay in the queue
     */
    abstract boolean isDone(long nanoTime);

    final synchronized void begin() {
        this.thread = Thread.currentThread();
    }

    /**
     * Nothing is interrupted from here on, and an interrupt that came before is
     * forgotten. Does nothing on other threads, and when called again.
     */
    public final synchronized void end() {
        if (this.thread == Thread.currentThread()) {
            this.thread = null;
            Thread.interrupted();
        }
    }

    /**
     * Interrupts the thread that runs this, if there is one, if it is not the caller, and
     * if the pools interrupt at all.
     */
    public synchronized void interrupt() {
        if (this.pool.interrupts() && this.thread != null && this.thread != Thread.currentThread()) {
            this.thread.interrupt();
        }
    }

    final synchronized boolean isOnThisThread() {
        return this.thread == Thread.currentThread();
    }

}
