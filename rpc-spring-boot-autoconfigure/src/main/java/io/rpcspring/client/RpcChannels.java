package io.rpcspring.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.ChannelEnvironment.Detours;
import io.rpcspring.client.ChannelEnvironment.Link;

/**
 * Holds the one shared channel of each configured name, and opens others at run time.
 * <p>
 * For applications that know a channel's name or target only at run time; everybody else
 * writes {@link io.rpcspring.RpcClient @RpcClient}. Safe for use by many threads at once.
 * A channel is made on first use and connects with its first call; all channels are
 * closed with the application context, after the beans.
 */
public final class RpcChannels implements AutoCloseable {

    private static final Log logger = LogFactory.getLog(RpcChannels.class);

    private final NamedChannels named;

    private final RuntimeChannels runtime;

    private final Supplier<ChannelConfiguration> defaults;

    private final Supplier<List<Link>> links;

    private final @Nullable Detours detours;

    private final MethodNames methodNames = new MethodNames();

    private final Duration grace;

    /**
     * Creates the channels' places, but no channel yet.
     * @param configurations each channel's configuration
     * @param defaults the configuration of channels at run time that name no other
     * @param environment what channels take from the application
     * @param grace how long calls that are still in flight may take when this is closed
     */
    public RpcChannels(List<ChannelConfiguration> configurations, Supplier<ChannelConfiguration> defaults,
            ChannelEnvironment environment, Duration grace) {
        configurations.forEach(
                (configuration) -> logger.debug("Channel '" + configuration.name() + "': " + configuration.tree()));
        TlsBundles tls = new TlsBundles(environment.bundles());
        this.named = new NamedChannels(configurations, defaults, environment, tls);
        this.runtime = new RuntimeChannels(environment, tls);
        this.defaults = defaults;
        this.links = environment.links();
        this.detours = environment.detours();
        this.grace = grace;
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
        this.methodNames.usedBare(name);
        return get(name, null, "");
    }

    /**
     * The shared channel of a name, for an injection point.
     * @param service what is to be called, if that is known
     * @param askedBy what a message adds about who asks
     */
    Channel get(String name, @Nullable String service, String askedBy) {
        return this.named.use(name, service, askedBy);
    }

    /**
     * Whether a channel can be asked for.
     * @param name the channel's name
     * @return true if it is configured, or a test needs no configuration for it
     */
    public boolean has(String name) {
        return this.named.has(name);
    }

    /** What a test puts in the place of a client, if it does. */
    @Nullable Object replacement(String name, Class<?> client) {
        return (this.detours != null) ? this.detours.replacement(name, client) : null;
    }

    /**
     * Opens a channel to a target that became known at run time, with the settings of
     * {@code rpc.client.defaults}.
     * @param target any target that {@code rpc.client.channels.<name>.target} could be
     * @return a hold on the channel, to be closed after use
     * @throws RpcConfigurationException if the target cannot work
     */
    public RuntimeChannel open(String target) {
        return this.runtime.open(this.defaults.get(), target);
    }

    /**
     * Opens a channel to a target that became known at run time, with the settings of a
     * configured channel.
     * @param target any target that {@code rpc.client.channels.<name>.target} could be
     * @param name the channel with the settings; it needs no target of its own
     * @return a hold on the channel, to be closed after use
     * @throws RpcConfigurationException if the target cannot work, or no channel of that
     * name is configured
     */
    public RuntimeChannel open(String target, String name) {
        this.methodNames.usedBare(name);
        return this.runtime.open(this.named.configuration(name), target);
    }

    /**
     * The names of all configured channels.
     * @return the keys below {@code rpc.client.channels}, sorted
     */
    public Set<String> names() {
        return this.named.names();
    }

    /**
     * What the channels are and how they do: the configured ones by name, then those
     * opened at run time.
     * @return a report on each channel
     */
    public List<ChannelReport> reports() {
        return Stream.concat(this.named.all().stream().map(SharedChannel::report), this.runtime.reports().stream())
            .toList();
    }

    /** What is known about the methods that the channels are used for. */
    MethodNames methodNames() {
        return this.methodNames;
    }

    /**
     * What is known of each configured channel, by its name. Asking costs the calls
     * nothing.
     * @return the figures, which stay the same objects and move on
     */
    public Map<String, ChannelFigures> figures() {
        return this.named.figures();
    }

    /**
     * Has all channels look for their servers afresh, those that are connected excepted:
     * names are asked anew, nobody waits out a back-off, and targets that are known only
     * while the application runs are looked at again. For applications whose world has
     * changed; the starter does it when its context or its server starts again.
     */
    public void refresh() {
        this.named.all().forEach(SharedChannel::refresh);
        this.runtime.refresh();
    }

    /**
     * The application is about to stop, its own server perhaps first: that a channel has
     * no server from now on is not worth a WARN.
     */
    public void leave() {
        this.named.all().forEach(SharedChannel::leave);
        this.runtime.leave();
    }

    /**
     * Connects the channels that are to be connected before their first call, all at
     * once, and waits. By now the beans have what they are injected with.
     * @throws RpcConfigurationException if one that is required finds no server, or its
     * settings name a method that is none, or something else that is not there
     */
    public void connect() {
        this.named.configured().forEach((channel) -> this.methodNames.check(channel, this.defaults));
        this.named.all().forEach((channel) -> ReadableCredentials.refuseAtStart(channel.factory()));
        this.links.get().forEach((link) -> this.named.configured().forEach(link::check));
        this.named.all().forEach((channel) -> channel.factory().checkAtStart());
        EagerConnections.among(this.named.all()).await();
    }

    /**
     * Closes all channels at once. Calls in flight have the grace period to end; then
     * they are cancelled. The application context calls it, after its beans are gone.
     */
    @Override
    public void close() {
        GracePeriod period = GracePeriod.of(this.grace);
        List<SharedChannel> all = Stream.concat(this.named.all().stream(), this.runtime.close().stream()).toList();
        all.forEach(SharedChannel::shutdown);
        all.forEach((channel) -> channel.awaitEnd(period));
    }

    /**
     * Sees each call before all else that belongs to its channel does, and its end after
     * all else.
     */
    public interface CallObserver {

        /**
         * Asked once for each channel, when it is made.
         * @param channel the channel's name; nothing for one that was opened at run time
         * with the defaults
         * @return stands outside of all other interceptors
         */
        ClientInterceptor of(String channel);

    }

}
