package io.rpcspring.server.pool;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The places of a pool: a call is let in when it finds one free.
 * <p>
 * Who has one is not kept here: a call has a place in some of its {@linkplain CallState
 * states}, and a {@link ForeignHandler} as long as it lives.
 */
final class Places {

    private final AtomicInteger taken = new AtomicInteger();

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

}
