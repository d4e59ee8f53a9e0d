package io.rpcspring.client;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

import io.grpc.ClientTransportFilter;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a shared channel: its calls, connections, names and last failure.
 * <p>
 * Safe for many threads. It stays the same when the channel is opened anew. Figures that
 * are asked for while something happens may be a moment apart.
 */
public final class ChannelFigures {

    private final Supplier<ConnectivityState> state;

    private final IntSupplier users;

    private final LongAdder started = new LongAdder();

    private final LongAdder ended = new LongAdder();

    private final ConnectionCount connections = new ConnectionCount();

    private final LongAdder resolutions = new LongAdder();

    private final LongAdder failedResolutions = new LongAdder();

    private final ChannelOutage outage = new ChannelOutage();

    /** Those that have stopped to look for servers until somebody calls. */
    private final Set<BackoffLimit> resting = ConcurrentHashMap.newKeySet();

    private volatile List<EquivalentAddressGroup> addresses = List.of();

    private volatile @Nullable Status lastFailure;

    ChannelFigures(Supplier<ConnectivityState> state, IntSupplier users) {
        this.state = state;
        this.users = users;
    }

    /**
     * The state of the best of the channel's connections.
     * @return {@code IDLE} if the channel was never used
     */
    public ConnectivityState state() {
        return this.state.get();
    }

    /**
     * How often the channel was injected or asked for.
     * @return 0 or more
     */
    public int users() {
        return this.users.getAsInt();
    }

    /**
     * How many calls are in flight.
     * @return 0 or more
     */
    public int calls() {
        // What has ended is read first: it is never more than what was started after it.
        long over = this.ended.sum();
        return (int) (this.started.sum() - over);
    }

    /**
     * How many connections are open.
     * @return 0 or more
     */
    public int connections() {
        return this.connections.open();
    }

    /**
     * How often a name was found to have addresses.
     * @return 0 or more, growing
     */
    public long resolutions() {
        return this.resolutions.sum();
    }

    /**
     * How often a name could not be resolved.
     * @return 0 or more, growing
     */
    public long failedResolutions() {
        return this.failedResolutions.sum();
    }

    /**
     * The servers' addresses as the name service last told them.
     * @return empty if it never did
     */
    public List<String> addresses() {
        return this.addresses.stream().flatMap((group) -> group.getAddresses().stream()).map(String::valueOf).toList();
    }

    /**
     * Why a server could not be connected, or a name not be resolved, the last time that
     * this happened.
     * @return a status with its cause, or null if it never happened
     */
    public @Nullable Status lastFailure() {
        return this.lastFailure;
    }

    ChannelOutage outage() {
        return this.outage;
    }

    void callStarted() {
        this.started.increment();
        if (!this.resting.isEmpty()) {
            this.resting.removeIf(BackoffLimit::wake);
        }
    }

    void callEnded() {
        this.ended.increment();
    }

    long startedCalls() {
        return this.started.sum();
    }

    void resolved() {
        this.resolutions.increment();
    }

    void found(List<EquivalentAddressGroup> servers) {
        this.addresses = servers;
    }

    void unresolved(Status failure) {
        this.failedResolutions.increment();
        this.lastFailure = failure;
    }

    void failed(Status failure) {
        this.lastFailure = failure;
    }

    Set<BackoffLimit> resting() {
        return this.resting;
    }

    /** Counts connections. */
    ClientTransportFilter filter() {
        return this.connections;
    }

}
