package io.rpcspring.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

import io.grpc.ManagedChannel;
import io.grpc.SynchronizationContext.ScheduledHandle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps grpc-java from waiting long before it tries a lost server again.
 * <p>
 * Its back-off grows to two minutes, and its API sets nothing of it. It can be cut short,
 * which is done here at random times, so that clients that have lost a server together do
 * not come back together. While nobody calls, nothing is cut short.
 * <p>
 * Runs in the channel's synchronization context, if not said otherwise.
 */
final class BackoffLimit {

    private final long most;

    private final ChannelFigures figures;

    private final BooleanSupplier missing;

    /** The calls that had been started when servers were last looked for. */
    private long calls;

    private @Nullable ScheduledHandle next;

    private @Nullable ChannelTimer timer;

    private volatile @Nullable ManagedChannel connection;

    /**
     * Limits nothing yet.
     * @param most how long a lost server is left alone at most
     * @param figures know whether somebody calls
     * @param missing whether something is still to be looked for
     */
    BackoffLimit(Duration most, ChannelFigures figures, BooleanSupplier missing) {
        this.most = most.toNanos();
        this.figures = figures;
        this.missing = missing;
    }

    /** Says whose back-off it is, before its first call. */
    void limit(ManagedChannel limited) {
        this.connection = limited;
    }

    /** Says with what to wait, before anything else happens. */
    void runIn(ChannelTimer channelTimer) {
        this.timer = channelTimer;
    }

    /** Something was lost. */
    void retryLater() {
        if (this.next == null && this.timer != null) {
            this.next = this.timer.schedule(this::retry,
                    ThreadLocalRandom.current().nextLong(this.most / 2, this.most + 1));
        }
    }

    private void retry() {
        this.next = null;
        if (!this.missing.getAsBoolean()) {
            return;
        }
        // Before it is asked whether somebody calls: who calls from now on wakes this.
        this.figures.resting().add(this);
        boolean called = this.figures.calls() > 0 || this.figures.startedCalls() != this.calls;
        if (called && this.figures.resting().remove(this)) {
            this.calls = this.figures.startedCalls();
            wake();
        }
    }

    /** Looks for servers now. May be called by any thread. */
    boolean wake() {
        ManagedChannel limited = this.connection;
        if (limited != null) {
            limited.resetConnectBackoff();
        }
        return true;
    }

    /** Looks for nothing any more, for now or for ever. */
    void end() {
        this.figures.resting().remove(this);
        ChannelTimer.cancel(this.next);
        this.next = null;
    }

}
