package io.rpcspring.console;

import org.jspecify.annotations.Nullable;

/**
 * What the server sees of a call that the console makes: when it began, and on which
 * thread.
 */
final class ServedCall {

    private static final double MILLIS = 1_000_000;

    /** When the console made the call. */
    private final long start = System.nanoTime();

    private final Runnable whenBegun;

    private volatile long began;

    private volatile long ended;

    private volatile @Nullable String thread;

    /**
     * A call that is made now.
     * @param whenBegun told on the thread of the call, so it must not wait
     */
    ServedCall(Runnable whenBegun) {
        this.whenBegun = whenBegun;
    }

    /** It has a thread. */
    void begins() {
        works();
        this.began = System.nanoTime();
        this.whenBegun.run();
    }

    /** The present thread works on it. */
    void works() {
        this.thread = Thread.currentThread().getName();
    }

    void ends() {
        this.ended = System.nanoTime();
    }

    boolean hasBegun() {
        return this.began != 0;
    }

    /** In milliseconds, since the console made it. */
    double age() {
        return millis(System.nanoTime() - this.start);
    }

    /** How long it waited for its thread, in milliseconds. */
    @Nullable Double waited() {
        return hasBegun() ? millis(this.began - this.start) : null;
    }

    /** How long it ran, in milliseconds; until now if nobody has said that it ended. */
    @Nullable Double ran() {
        long end = (this.ended != 0) ? this.ended : System.nanoTime();
        return hasBegun() ? millis(end - this.began) : null;
    }

    @Nullable String thread() {
        return this.thread;
    }

    private static double millis(long nanos) {
        return Math.round(nanos / MILLIS * 1000) / 1000.0;
    }

}
