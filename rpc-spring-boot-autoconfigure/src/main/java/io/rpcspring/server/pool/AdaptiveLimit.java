package io.rpcspring.server.pool;

import java.util.concurrent.TimeUnit;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.VegasLimit;
import com.netflix.concurrency.limits.limit.WindowedLimit;

/**
 * Lets the number of calls that run at once follow their latency.
 * <p>
 * Netflix's Vegas compares the latency of the last tenths of a second with the best that
 * it has seen: the limit grows while they are alike, and shrinks when calls become slower
 * or their deadlines pass.
 */
final class AdaptiveLimit implements RunLimit {

    private static final int FIRST = 20;

    private static final int SHORTEST_WINDOW_MILLIS = 100;

    private final int minSize;

    private final Limit limit;

    /** The limit's clock starts at zero: the system's may be negative. */
    private final long origin = System.nanoTime();

    AdaptiveLimit(int minSize, int size) {
        this.minSize = minSize;
        Limit vegas = VegasLimit.newBuilder()
            .initialLimit(Math.min(size, Math.max(minSize, FIRST)))
            .maxConcurrency(size)
            .build();
        this.limit = WindowedLimit.newBuilder()
            .minWindowTime(SHORTEST_WINDOW_MILLIS, TimeUnit.MILLISECONDS)
            .minRttThreshold(0, TimeUnit.NANOSECONDS)
            .build(vegas);
    }

    @Override
    public int now() {
        return Math.max(this.minSize, this.limit.getLimit());
    }

    @Override
    public void learn(long start, long nanos, int running, boolean tooSlow) {
        this.limit.onSample(start - this.origin, nanos, running, tooSlow);
    }

}
