package io.rpcspring.client.discovery;

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.NameResolver;
import org.jspecify.annotations.Nullable;

import io.rpcspring.client.ChannelConfiguration;

/**
 * Asks the service registry for the servers of one channel, whenever it is told to.
 * <p>
 * Asking may block, so it is done on the channel's threads for that; one question at a
 * time, and one more after it if somebody wanted to know meanwhile.
 */
final class CloudResolver extends NameResolver {

    private final String service;

    private final ChannelConfiguration channel;

    private final @Nullable ServiceRegistry registry;

    private final Args args;

    /** Has this while it runs. */
    private final CloudDirectory directory;

    /** How often somebody has asked since the last question was begun. */
    private final AtomicInteger asked = new AtomicInteger();

    private final KnownServers servers;

    /** Guarded by the channel's synchronization context. */
    private @Nullable Listener2 listener;

    CloudResolver(String service, ChannelConfiguration channel, @Nullable ServiceRegistry registry, Args args,
            CloudDirectory directory) {
        this.service = service;
        this.channel = channel;
        this.registry = registry;
        this.args = args;
        this.directory = directory;
        this.servers = new KnownServers(service, channel, directory);
    }

    @Override
    public String getServiceAuthority() {
        return this.service;
    }

    @Override
    public void start(Listener2 newListener) {
        this.listener = newListener;
        this.directory.started(this);
        refresh();
    }

    @Override
    public void refresh() {
        if (this.asked.getAndIncrement() == 0) {
            this.args.getOffloadExecutor().execute(this::ask);
        }
    }

    @Override
    public void shutdown() {
        this.directory.stopped(this);
        this.listener = null;
    }

    private void ask() {
        int answered;
        do {
            answered = this.asked.get();
            RegistryAnswer answer = RegistryAnswer.ask(this.registry, this.service, this.channel);
            this.args.getSynchronizationContext().execute(() -> tell(answer));
        }
        while (this.asked.addAndGet(-answered) > 0);
    }

    private void tell(RegistryAnswer answer) {
        if (this.listener == null) {
            return;
        }
        this.listener.onResult2(ResolutionResult.newBuilder().setAddressesOrError(this.servers.after(answer)).build());
    }

}
