package io.rpcspring.test.fault;

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls that a fault concerns, and says which of them it hits.
 */
public final class ArmedFault {

    private final int number;

    private final FaultMatch match;

    private final FaultShare share;

    private final FaultPlan plan;

    private final AtomicInteger calls = new AtomicInteger();

    private final AtomicInteger hits = new AtomicInteger();

    ArmedFault(int number, FaultMatch match, FaultShare share, FaultPlan plan) {
        this.number = number;
        this.match = match;
        this.share = share;
        this.plan = plan;
    }

    /**
     * How often it has happened.
     * @return zero or more
     */
    public int hits() {
        return this.hits.get();
    }

    /** Whether it hits no further calls. */
    boolean isSpent() {
        return hits() == this.share.times();
    }

    /** What happens to a call that it hits. */
    FaultPlan plan() {
        return this.plan;
    }

    /** Whether it hits a call. Asked once for each call. */
    boolean isHit(long seed, @Nullable String channel, MethodDescriptor<?, ?> method, Metadata headers) {
        return this.match.concerns(channel, method, headers)
                && this.share.has(seed, this.number, this.calls.getAndIncrement()) && isCounted();
    }

    private boolean isCounted() {
        int most = this.share.times();
        return this.hits.getAndUpdate((before) -> Math.min(before + 1, most)) < most;
    }

}
