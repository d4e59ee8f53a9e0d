package io.rpcspring.client;

import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;

/**
 * One user's hold on a channel whose target became known at run time.
 * <p>
 * All who hold the same target with the same settings share its connections, which close
 * when the last one closes its hold: new calls are refused, calls in flight finish.
 * Closing twice is fine.
 */
public final class RuntimeChannel extends Channel implements AutoCloseable {

    private final SharedChannel channel;

    private final Runnable release;

    private final AtomicBoolean closed = new AtomicBoolean();

    RuntimeChannel(SharedChannel channel, Runnable release) {
        this.channel = channel;
        this.release = release;
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        if (this.closed.get()) {
            throw new IllegalStateException("This hold on the " + this.channel + " is closed");
        }
        return this.channel.newCall(method, options);
    }

    @Override
    public String authority() {
        return this.channel.authority();
    }

    /**
     * Lets go of the channel. The last one to do so closes its connections.
     */
    @Override
    public void close() {
        if (this.closed.compareAndSet(false, true)) {
            this.release.run();
        }
    }

}
