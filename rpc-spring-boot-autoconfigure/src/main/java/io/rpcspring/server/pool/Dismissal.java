package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Why a pool does not serve a call.
 *
 * @param reason for programs
 * @param text for humans
 * @param delay when the client may try again
 */
public record Dismissal(Reason reason, String text, Duration delay) {

    private static final long SHORTEST_MILLIS = 10;

    private static final long LONGEST_MILLIS = 10_000;

    /**
     * The pool has no thread for the call.
     * @param wait how long one would have to wait for a thread; clients are told
     * something between this and its double, so that they do not come back all at once
     */
    static Dismissal exhausted(Reason reason, String text, Duration wait) {
        long least = Math.max(SHORTEST_MILLIS, Math.min(LONGEST_MILLIS, wait.toMillis()));
        long millis = ThreadLocalRandom.current().nextLong(least, 2 * least + 1);
        return new Dismissal(reason, text, Duration.ofMillis(millis));
    }

    /**
     * What there is no room for.
     */
    public enum Reason {

        /** The pool has no place. */
        FULL,

        /** It had one, and no thread in time. */
        QUEUE_TIMEOUT

    }

}
