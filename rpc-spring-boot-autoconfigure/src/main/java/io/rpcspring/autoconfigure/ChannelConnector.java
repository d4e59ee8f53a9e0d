package io.rpcspring.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.Ordered;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.server.RpcServerStartedEvent;

/**
 * Connects, before the server listens, the channels that do not wait for their first
 * call.
 * <p>
 * A context can stop and start again, as test contexts and checkpoints do. Servers have
 * gone and come meanwhile, so channels then look for them afresh, and once more for the
 * context's own, which starts last.
 */
final class ChannelConnector implements SmartLifecycle, ApplicationListener<RpcServerStartedEvent>, Ordered {

    private final ObjectProvider<RpcChannels> channels;

    private final ChannelBeans beans;

    private final OwnEvents own;

    /** Guarded by the application context, which starts and stops one after the other. */
    private volatile boolean running;

    ChannelConnector(ObjectProvider<RpcChannels> channels, ChannelBeans beans, OwnEvents own) {
        this.channels = channels;
        this.beans = beans;
        this.own = own;
    }

    @Override
    public void start() {
        this.beans.check(this.channels.getObject());
        this.channels.getObject().refresh();
        this.channels.getObject().connect();
        this.running = true;
    }

    @Override
    public void onApplicationEvent(RpcServerStartedEvent event) {
        if (this.own.include(event)) {
            this.channels.getObject().refresh();
        }
    }

    /** After the port is known, and before listeners that may call. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE + 1;
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
