package io.rpcspring.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

import io.rpcspring.client.RpcChannels;

/**
 * Connects, before the server listens, the channels that do not wait for their first
 * call.
 */
final class ChannelConnector implements SmartLifecycle {

    private final ObjectProvider<RpcChannels> channels;

    private final ChannelBeans beans;

    /** Guarded by the application context, which starts and stops one after the other. */
    private volatile boolean running;

    ChannelConnector(ObjectProvider<RpcChannels> channels, ChannelBeans beans) {
        this.channels = channels;
        this.beans = beans;
    }

    @Override
    public void start() {
        this.beans.check(this.channels.getObject().names());
        this.channels.getObject().connect();
        this.running = true;
    }

    @Override
    public void stop() {
        this.running = false;
    }

    @Override
    public boolean isRunning() {
        return this.running;
    }

    /** Before the server, which starts last. */
    @Override
    public int getPhase() {
        return 0;
    }

}
