package io.rpcspring;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time use one direction of a stream.
 */
final class SingleThread {

    private final String use;

    private final String method;

    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();

    SingleThread(String use, String method) {
        this.use = use;
        this.method = method;
    }

    /**
     * Begins to use the direction.
     * @throws IllegalStateException if another thread does, naming both
     */
    void enter() {
        if (!tryEnter()) {
            Thread other = this.user.get();
            throw new IllegalStateException("Two threads " + this.use + " on one stream of " + this.method + ": '"
                    + Thread.currentThread().getName() + "' came while '"
                    + ((other != null) ? other.getName() : "another one") + "' was at it");
        }
    }

    boolean tryEnter() {
        return this.user.compareAndSet(null, Thread.currentThread());
    }

    void leave() {
        this.user.setRelease(null);
    }

    /**
     * Runs the last use of the direction when no other thread is at it any more, or when
     * one is stuck there.
     * @param last is run in any case
     * @param patience after how many nanoseconds a thread is stuck
     */
    void runAlone(Runnable last, long patience) {
        boolean taken = this.user.get() != Thread.currentThread() && takeOver(patience);
        try {
            last.run();
        }
        finally {
            if (taken) {
                leave();
            }
        }
    }

    /** Who has not seen the end of the direction is between two instructions. */
    private boolean takeOver(long patience) {
        long start = System.nanoTime();
        while (!tryEnter()) {
            if (System.nanoTime() - start > patience) {
                return false;
            }
            LockSupport.parkNanos(1_000);
        }
        return true;
    }

}
