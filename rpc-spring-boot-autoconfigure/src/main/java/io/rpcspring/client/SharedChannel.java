package io.rpcspring.client;

import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The one channel of a name, made when it is first needed.
 * <p>
 * It hides the {@link ManagedChannel}, so that no user can shut down what others share.
 */
final class SharedChannel extends Channel {

    private final ChannelFactory factory;

    /** Written once, guarded by this. */
    private volatile @Nullable ManagedChannel channel;

    /** Guarded by this for writing. */
    private volatile boolean closed;

    SharedChannel(ChannelFactory factory) {
        this.factory = factory;
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        return open().newCall(method, options);
    }

    @Override
    public String authority() {
        return open().authority();
    }

    /**
     * Finds out whether the channel can be used, as far as this is known before the
     * application runs.
     * @throws io.rpcspring.RpcConfigurationException if its target cannot work
     * @throws IllegalStateException if it is closed
     */
    void check() {
        requireOpen();
        if (this.factory.isKnownAtStart()) {
            open();
        }
    }

    private ManagedChannel open() {
        ManagedChannel opened = this.channel;
        return (opened != null) ? opened : openOnce();
    }

    private synchronized ManagedChannel openOnce() {
        ManagedChannel opened = this.channel;
        if (opened != null) {
            return opened;
        }
        requireOpen();
        opened = this.factory.create();
        this.channel = opened;
        return opened;
    }

    private void requireOpen() {
        if (this.closed) {
            throw new IllegalStateException("The " + this + " is closed with its application context");
        }
    }

    /**
     * Refuses new calls.
     * @return what is left to end, if the channel was ever made
     */
    synchronized Stream<ManagedChannel> shutdown() {
        this.closed = true;
        return Stream.ofNullable(this.channel).map(ManagedChannel::shutdown);
    }

    @Override
    public String toString() {
        return "channel '" + this.factory.name() + "'";
    }

}
