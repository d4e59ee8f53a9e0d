package io.rpcspring.server.pool;

import java.time.Duration;

/**
 * How one pool runs its calls.
 *
 * @param name what threads, messages and metrics call it
 * @param type whose threads run the calls
 * @param size how many calls run at once, at least 1; {@link #UNBOUNDED} where every call
 * has its thread at once
 * @param queueCapacity how many calls may wait for a thread, 0 or more; further ones are
 * refused
 * @param queueTimeout how long a call may wait for a thread, more than zero
 * @param minSize the least that an adaptive limit lets run at once, from 1 to the size;
 * the size itself where the limit does not adapt
 */
public record PoolSettings(String name, Type type, int size, int queueCapacity, Duration queueTimeout, int minSize) {

    /** The size of a pool that has none. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    boolean isAdaptive() {
        return this.minSize < this.size;
    }

    /** Calls that may be in the pool at once, running or waiting. */
    long places(int running) {
        return (long) running + this.queueCapacity;
    }

    /** Whose threads run the calls of a pool. */
    public enum Type {

        /** Threads of the operating system, made on demand, kept for reuse. */
        PLATFORM,

        /** A virtual thread for each call. */
        VIRTUAL,

        /** The transport's own thread, for handlers that never block. */
        DIRECT

    }

}
