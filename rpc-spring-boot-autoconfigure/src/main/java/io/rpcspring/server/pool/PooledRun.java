package io.rpcspring.server.pool;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.HandlerPools.HandlerRun;

/**
 * What a thread of a pool runs, and how that thread is interrupted and nothing else is.
 * <p>
 * An interrupt reaches the thread only between {@link #begin} and {@link #end}, and never
 * survives the latter: what the thread does next is another call's.
 */
abstract sealed class PooledRun implements Runnable, HandlerRun permits PlacedCall, ForeignHandler {

    private final HandlerPool pool;

    /** When it came into the queue, by the system's clock of nanoseconds. */
    private volatile long since;

    /** The thread that runs it now. Guarded by this, but for who only looks. */
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

    @Override
    public final synchronized void end() {
        if (this.thread == Thread.currentThread()) {
            this.thread = null;
            Thread.interrupted();
        }
    }

    @Override
    public synchronized void interrupt() {
        if (this.pool.interrupts() && this.thread != null && this.thread != Thread.currentThread()) {
            this.thread.interrupt();
        }
    }

    /** The thread that runs it now, or did a moment ago; null if none does. */
    final @Nullable Thread seenThread() {
        return this.thread;
    }

    final synchronized boolean isOnThisThread() {
        return this.thread == Thread.currentThread();
    }

}
