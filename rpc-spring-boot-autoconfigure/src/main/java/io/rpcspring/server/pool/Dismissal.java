package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import io.grpc.Metadata;
import io.grpc.Status;

import io.rpcspring.server.pool.HandlerPools.PooledCall;

/**
 * Why a pool does not serve a call.
 *
 * @param status what the client gets
 * @param trailers what else it gets
 */
record Dismissal(Status status, Metadata trailers) {

    /**
     * When a client may try again, for its retry policy
     * (<a href="https://github.com/grpc/proposal/blob/master/A6-client-retries.md">gRFC
     * A6</a>).
     */
    private static final Metadata.Key<String> PUSHBACK = Metadata.Key.of("grpc-retry-pushback-ms",
            Metadata.ASCII_STRING_MARSHALLER);

    private static final long SHORTEST_MILLIS = 10;

    private static final long LONGEST_MILLIS = 10_000;

    /**
     * The pool has no thread for the call.
     * @param why says so
     * @param wait how long one would have to wait for a thread; clients are told
     * something between this and its double, so that they do not come back all at once
     */
    static Dismissal exhausted(String why, Duration wait) {
        long least = Math.max(SHORTEST_MILLIS, Math.min(LONGEST_MILLIS, wait.toMillis()));
        Metadata trailers = new Metadata();
        trailers.put(PUSHBACK, String.valueOf(ThreadLocalRandom.current().nextLong(least, 2 * least + 1)));
        return new Dismissal(Status.RESOURCE_EXHAUSTED.withDescription(why), trailers);
    }

    /** Tells the client. */
    void close(PooledCall call) {
        call.refuse(this.status, this.trailers);
    }

}
