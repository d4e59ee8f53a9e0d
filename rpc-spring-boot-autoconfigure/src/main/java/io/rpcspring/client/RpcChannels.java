package io.rpcspring.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import org.springframework.core.env.PropertyResolver;

import io.rpcspring.RpcConfigurationException;

/**
 * Holds the one shared channel of each configured name.
 * <p>
 * For applications that know a channel's name only at run time; everybody else writes
 * {@link io.rpcspring.RpcClient @RpcClient}. Safe for use by many threads at once. A
 * channel is made on first use and connects with its first call; all channels are closed
 * with the application context, after the beans.
 */
public final class RpcChannels implements AutoCloseable {

    /** How long calls that are still in flight may take when the context closes. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Map<String, SharedChannel> channels = new TreeMap<>();

    /**
     * Creates the channels' places, but no channel yet.
     * @param targets the target of each channel by the channel's name
     * @param placeholders resolves what a target knows only at run time
     * @param customizers change each channel's builder, in this order
     */
    public RpcChannels(Map<String, String> targets, PropertyResolver placeholders,
            List<RpcChannelCustomizer> customizers) {
        targets.forEach((name, target) -> this.channels.put(name,
                new SharedChannel(new ChannelFactory(name, target, placeholders, customizers))));
    }

    /**
     * The shared channel of a name. Shutting it down is not the caller's business.
     * @param name a key below {@code rpc.client.channels}
     * @return the same channel for each caller
     * @throws RpcConfigurationException if no channel of that name is configured, or its
     * target cannot work
     * @throws IllegalStateException if the application context is closed
     */
    public Channel get(String name) {
        return get(name, "");
    }

    /**
     * The shared channel of a name, for an injection point.
     * @param askedBy what a message adds about who asks
     */
    Channel get(String name, String askedBy) {
        SharedChannel channel = this.channels.get(name);
        if (channel == null) {
            throw new RpcConfigurationException(
                    "No channel '" + name + "' is configured" + askedBy + ". Configured channels: "
                            + RpcConfigurationException.nearestFirst(name, names()) + ".",
                    "Correct the name, or add the channel to application.yml:\n\n" + yaml(name));
        }
        channel.check();
        return channel;
    }

    /**
     * The names of all configured channels.
     * @return the keys below {@code rpc.client.channels}, sorted
     */
    public Set<String> names() {
        return new TreeSet<>(this.channels.keySet());
    }

    /**
     * Closes all channels. Calls in flight have five seconds to end; then they are
     * cancelled. The application context calls it, after its beans are gone.
     */
    @Override
    public void close() {
        long deadline = System.nanoTime() + GRACE.toNanos();
        List<ManagedChannel> open = this.channels.values().stream().flatMap(SharedChannel::shutdown).toList();
        open.forEach((channel) -> awaitEnd(channel, deadline));
    }

    private static void awaitEnd(ManagedChannel channel, long deadline) {
        try {
            if (!channel.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                channel.shutdownNow();
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            channel.shutdownNow();
        }
    }

    private static String yaml(String name) {
        String key = name.matches("[A-Za-z0-9-]+") ? name : "\"[" + name + "]\"";
        return "rpc:\n  client:\n    channels:\n      " + key + ":\n        target: \"localhost:9090\"";
    }

}
