package io.rpcspring.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
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
final class ConnectionWatch {

    private final String channel;

    private final Object policies;

    private final long maxBackoff;

    private final ChannelFigures figures;

    /** The servers to which there is no connection. */
    private final Set<Object> lost = new HashSet<>();

    /** Whether there is a name that has no addresses. */
    private boolean unresolved;

    private boolean ready;

    /** The calls that had been started when servers were last looked for. */
    private long calls;

    private SynchronizationContext.@Nullable ScheduledHandle next;

    private @Nullable ChannelTimer timer;

    private volatile @Nullable ManagedChannel connection;

    ConnectionWatch(String channel, Object policies, Duration maxBackoff, ChannelFigures figures) {
        this.channel = channel;
        this.policies = policies;
        this.maxBackoff = maxBackoff.toNanos();
        this.figures = figures;
    }

    /** Choose among the servers, if their name says nothing about it. */
    Object policies() {
        return this.policies;
    }

    /** Says what to watch, before its first call. */
    ManagedChannel watch(ManagedChannel watched) {
        this.connection = watched;
        return watched;
    }

    /** Says with what to wait, before anything else happens. */
    void runIn(ChannelTimer channelTimer) {
        this.timer = channelTimer;
    }

    void resolved() {
        this.unresolved = false;
        this.figures.resolved();
    }

    void found(List<EquivalentAddressGroup> servers) {
        this.figures.found(servers);
    }

    void unresolved(Status failure) {
        this.unresolved = true;
        this.figures.unresolved(failure);
        failed(failure);
    }

    void server(Object server, ConnectivityStateInfo state) {
        if (state.getState() != ConnectivityState.TRANSIENT_FAILURE) {
            this.lost.remove(server);
            return;
        }
        this.lost.add(server);
        this.figures.failed(state.getStatus());
        retryLater();
    }

    void left(Object server) {
        this.lost.remove(server);
    }

    void state(ConnectivityState state) {
        boolean now = state == ConnectivityState.READY;
        if (now && !this.ready) {
            this.figures.outage().connected(this.channel);
        }
        else if (this.ready && !now) {
            this.figures.outage().disconnected();
        }
        this.ready = now;
        Status failure = this.figures.lastFailure();
        if (state == ConnectivityState.TRANSIENT_FAILURE && failure != null) {
            this.figures.outage().failed(this.channel, failure);
        }
    }

    /** All connections are closed, for now or for ever. */
    void ended() {
        state(ConnectivityState.IDLE);
        this.lost.clear();
        this.unresolved = false;
        this.figures.resting().remove(this);
        if (this.next != null) {
            this.next.cancel();
            this.next = null;
        }
    }

    private void failed(Status failure) {
        if (!this.ready) {
            this.figures.outage().failed(this.channel, failure);
            retryLater();
        }
    }

    private void retryLater() {
        if (this.next == null && this.timer != null) {
            long wait = ThreadLocalRandom.current().nextLong(this.maxBackoff / 2, this.maxBackoff + 1);
            this.next = this.timer.schedule(this::retry, wait);
        }
    }

    private void retry() {
        this.next = null;
        if (this.lost.isEmpty() && (this.ready || !this.unresolved)) {
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
        ManagedChannel watched = this.connection;
        if (watched != null) {
            watched.resetConnectBackoff();
        }
        return true;
    }

}
