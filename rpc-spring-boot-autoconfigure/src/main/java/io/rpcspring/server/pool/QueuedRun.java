package io.rpcspring.server.pool;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * What one call wants to run, on its way through the pool's queue.
 * <p>
 * It is taken once: by a thread that runs it, or by whoever finds that it is too late.
 */
final class QueuedRun implements Runnable {

    private static final AtomicIntegerFieldUpdater<QueuedRun> TAKEN = AtomicIntegerFieldUpdater
        .newUpdater(QueuedRun.class, "taken");

    private final PooledCall call;

    private final Runnable events;

    private final long since = System.nanoTime();

    /** 1 from then on. */
    private volatile int taken;

    QueuedRun(PooledCall call, Runnable events) {
        this.call = call;
        this.events = events;
    }

    Runnable events() {
        return this.events;
    }

    long since() {
        return this.since;
    }

    /** Runs on a thread of the pool. */
    @Override
    public void run() {
        if (isTakenNow()) {
            this.call.run(this);
        }
    }

    /**
     * Ends the call on this thread if it has waited too long, or nobody waits for it.
     * @param nanoTime the time
     * @return whether it need not wait any more
     */
    boolean isTooLate(long nanoTime) {
        boolean tooLate = this.taken == 0 && this.call.tooLate(nanoTime - this.since) != null;
        if (tooLate && isTakenNow()) {
            this.call.dismiss(this, nanoTime);
        }
        return this.taken != 0;
    }

    private boolean isTakenNow() {
        return TAKEN.compareAndSet(this, 0, 1);
    }

}
