package io.rpcspring.server.pool;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The places of a pool: a call is let in when it finds one free.
 * <p>
 * A call holds its place while it waits and while it runs. One whose request has not come
 * keeps its place for a second or two and then loses it, so that clients that send
 * headers only cannot fill a pool; when its request comes it has a place again, free or
 * not. So nothing that a client leaves undone can use up the places for good.
 */
final class Places {

    private static final long AGE_NANOS = 1_000_000_000L;

    private final AtomicInteger taken = new AtomicInteger();

    /** Those who leave now. Guarded by this for writing. */
    private volatile Absence current = new Absence(System.nanoTime());

    /** Those who left before. Guarded by this. */
    private Absence previous = this.current;

    /**
     * Takes a place if one is free.
     * @param limit how many there are
     */
    boolean takeOneOf(long limit) {
        while (true) {
            int now = this.taken.get();
            if (now >= limit) {
                return false;
            }
            if (this.taken.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /** Takes a place, free or not, for a call that was let in before. */
    void take() {
        this.taken.incrementAndGet();
    }

    void giveBack() {
        this.taken.decrementAndGet();
    }

    int taken() {
        return this.taken.get();
    }

    /**
     * Keeps the place of a call whose request has not come.
     * @param nanoTime the time
     * @return to come back from
     */
    Absence leave(long nanoTime) {
        while (true) {
            forgetOldAbsences(nanoTime);
            Absence absence = this.current;
            if (absence.add()) {
                return absence;
            }
        }
    }

    /** Those who left long ago lose their places. */
    void forgetOldAbsences(long nanoTime) {
        if (this.current.age(nanoTime) > AGE_NANOS) {
            forget(nanoTime);
        }
    }

    private synchronized void forget(long nanoTime) {
        Absence old = this.current;
        if (old.age(nanoTime) > AGE_NANOS) {
            this.current = new Absence(nanoTime);
            this.taken.addAndGet(-this.previous.close());
            this.previous = old;
            if (old.age(nanoTime) > 2 * AGE_NANOS) {
                this.taken.addAndGet(-old.close());
            }
        }
    }

    /** A call's request has come: it has a place again. */
    void comeBack(Absence absence) {
        if (!absence.remove()) {
            take();
        }
    }

    /**
     * Counts the calls that left within one second.
     */
    static final class Absence {

        private static final int CLOSED = -1;

        private final long since;

        private final AtomicInteger count = new AtomicInteger();

        private Absence(long since) {
            this.since = since;
        }

        private boolean add() {
            return this.count.getAndUpdate((now) -> (now == CLOSED) ? now : now + 1) != CLOSED;
        }

        /** Whether the place was still kept. */
        private boolean remove() {
            return this.count.getAndUpdate((now) -> (now == CLOSED) ? now : now - 1) != CLOSED;
        }

        /** How many have not come back. None when asked again. */
        private int close() {
            return Math.max(0, this.count.getAndSet(CLOSED));
        }

        private long age(long nanoTime) {
            return nanoTime - this.since;
        }

    }

}
