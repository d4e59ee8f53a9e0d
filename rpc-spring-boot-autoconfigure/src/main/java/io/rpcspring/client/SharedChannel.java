package io.rpcspring.client;

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;

/**
 * The one channel of a name, made when it is first needed.
 * <p>
 * It hides the {@link ManagedChannel}, so that no user can shut down what others share.
 */
final class SharedChannel extends Channel {

    private final ChannelFactory factory;

    private final ChannelDetours detours;

    /** How often the channel was given to someone. */
    private final AtomicInteger users = new AtomicInteger();

    private final ChannelFigures figures = new ChannelFigures(this::state, () -> this.users.get());

    private final OpenChannels opened;

    SharedChannel(ChannelFactory factory) {
        this.factory = factory;
        this.detours = factory.detours();
        this.opened = new OpenChannels(factory, this.figures);
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        String server = this.detours.of(method);
        return ((server != null) ? this.opened.within(server) : this.opened.toTarget()).newCall(method, options);
    }

    @Override
    public String authority() {
        return this.opened.any().authority();
    }

    /**
     * Counts one more user, and finds out whether the channel can be used, as far as this
     * is known before the application runs.
     * @throws io.rpcspring.RpcConfigurationException if its target cannot work
     * @throws IllegalStateException if it is closed
     */
    SharedChannel use() {
        this.opened.requireOpen();
        if (isKnownAtStart()) {
            open();
        }
        this.users.incrementAndGet();
        return this;
    }

    /**
     * One user less.
     * @return how many are left
     */
    int release() {
        return this.users.decrementAndGet();
    }

    /** Whether it is known before the application runs where all calls go. */
    boolean isKnownAtStart() {
        return this.factory.target().isKnownAtStart() && !this.detours.exist();
    }

    ChannelFactory factory() {
        return this.factory;
    }

    ChannelFigures figures() {
        return this.figures;
    }

    ChannelReport report() {
        ChannelConfiguration configuration = this.factory.configuration();
        return new ChannelReport(configuration.name(), String.join(", ", this.factory.knownTargets()), state(),
                this.users.get(), configuration.tree(), this.figures);
    }

    private ConnectivityState state() {
        return this.opened.state();
    }

    /** The channel to its target. */
    OpenChannel open() {
        return this.opened.toTarget();
    }

    /**
     * Looks for the servers afresh: what has no connection waits no longer, and a target
     * that has become another one is followed. Calls in flight end where they are.
     */
    void refresh() {
        this.opened.refresh();
    }

    /** Warns of no outage from now on. */
    void leave() {
        this.figures.outage().leave();
    }

    /** Refuses new calls; what is open ends with its last call. */
    void shutdown() {
        this.opened.shutdown();
    }

    /** Waits for the calls, after {@link #shutdown}. */
    void awaitEnd(GracePeriod grace) {
        this.opened.connections().forEach((connection) -> grace.awaitEnd(connection, this.figures));
    }

    @Override
    public String toString() {
        return this.factory.target().name();
    }

}
