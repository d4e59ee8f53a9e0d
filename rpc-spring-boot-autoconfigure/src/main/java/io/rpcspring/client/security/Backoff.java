package io.rpcspring.client.security;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long an authorization server that failed is left alone.
 *
 * @param failures how often it failed in a row
 * @param until the time until which it is not asked
 */
record Backoff(int failures, long until) {

    static final Backoff NONE = new Backoff(0, Long.MIN_VALUE);

    private static final long FIRST = 1_000;

    private static final int DOUBLINGS = 5;

    /** Half of each wait is random, so that clients do not come back together. */
    Backoff afterFailure(long now) {
        long most = FIRST << Math.min(this.failures, DOUBLINGS);
        return new Backoff(this.failures + 1, now + ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }

    boolean isOver(long now) {
        return now >= this.until;
    }

}
