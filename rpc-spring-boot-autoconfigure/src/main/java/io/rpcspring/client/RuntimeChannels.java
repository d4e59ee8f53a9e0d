package io.rpcspring.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds the channels whose targets became known at run time, while somebody uses them.
 */
final class RuntimeChannels {

    /** Guarded by this. */
    private final Map<Key, SharedChannel> channels = new HashMap<>();

    /** Guarded by this. */
    private boolean closed;

    private final ChannelEnvironment environment;

    private final TlsBundles tls;

    RuntimeChannels(ChannelEnvironment environment, TlsBundles tls) {
        this.environment = environment;
        this.tls = tls;
    }

    synchronized RuntimeChannel open(ChannelConfiguration settings, String target) {
        if (this.closed) {
            throw new IllegalStateException("No channel is opened any more: the application context is closed");
        }
        Key key = new Key(settings.name(), target);
        SharedChannel known = this.channels.get(key);
        SharedChannel channel = (known != null) ? known : new SharedChannel(
                new ChannelFactory(settings, ChannelTarget.atRunTime(settings, target), this.environment, this.tls));
        channel.use();
        this.channels.put(key, channel);
        return new RuntimeChannel(channel, () -> release(key, channel));
    }

    private synchronized void release(Key key, SharedChannel channel) {
        if (channel.release() == 0) {
            this.channels.remove(key, channel);
            // The connections end by themselves, with their last calls.
            channel.shutdown();
        }
    }

    synchronized List<ChannelReport> reports() {
        return this.channels.values().stream().map(SharedChannel::report).toList();
    }

    synchronized void refresh() {
        this.channels.values().forEach(SharedChannel::refresh);
    }

    synchronized void leave() {
        this.channels.values().forEach(SharedChannel::leave);
    }

    /**
     * Opens no more.
     * @return those that are to be closed
     */
    synchronized List<SharedChannel> close() {
        this.closed = true;
        return List.copyOf(this.channels.values());
    }

    /**
     * What channels at run time are told apart by.
     *
     * @param settings the name of the channel that has the settings, or nothing
     * @param target where the servers are
     */
    private record Key(String settings, String target) {
    }

}
