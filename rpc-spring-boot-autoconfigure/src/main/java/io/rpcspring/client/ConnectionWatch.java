package io.rpcspring.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.Status;

/**
 * Knows which servers and names a connection of a channel has lost, and tells who needs
 * to know.
 * <p>
 * Runs in the channel's synchronization context, if not said otherwise.
 */
final class ConnectionWatch {

    private final String channel;

    private final Object policies;

    private final ChannelFigures figures;

    private final BackoffLimit backoff;

    /** The servers to which there is no connection. */
    private final Set<Object> lost = new HashSet<>();

    /** Whether there is a name that has no addresses. */
    private boolean unresolved;

    private boolean ready;

    ConnectionWatch(String channel, Object policies, Duration maxBackoff, ChannelFigures figures) {
        this.channel = channel;
        this.policies = policies;
        this.figures = figures;
        this.backoff = new BackoffLimit(maxBackoff, figures, this::isMissing);
    }

    /** Choose among the servers, if their name says nothing about it. */
    Object policies() {
        return this.policies;
    }

    /** Says what to watch, before its first call. */
    ManagedChannel watch(ManagedChannel watched) {
        this.backoff.limit(watched);
        return watched;
    }

    /** Says with what to wait, before anything else happens. */
    void runIn(ChannelTimer timer) {
        this.backoff.runIn(timer);
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
        if (!this.ready) {
            this.figures.outage().failed(this.channel, failure);
            this.backoff.retryLater();
        }
    }

    void server(Object server, ConnectivityStateInfo state) {
        if (state.getState() != ConnectivityState.TRANSIENT_FAILURE) {
            this.lost.remove(server);
            return;
        }
        this.lost.add(server);
        this.figures.failed(state.getStatus());
        this.backoff.retryLater();
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
        this.backoff.end();
    }

    private boolean isMissing() {
        return !this.lost.isEmpty() || (this.unresolved && !this.ready);
    }

}
