package io.rpcspring.client;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.ChannelEnvironment.Detours;
import io.rpcspring.words.Names;

/**
 * Holds the one shared channel of each name.
 * <p>
 * A name needs no configuration where a test leads its calls elsewhere. Safe for use by
 * many threads at once.
 */
final class NamedChannels {

    private final Map<String, ChannelConfiguration> configurations = new TreeMap<>();

    private final Map<String, SharedChannel> channels = new ConcurrentSkipListMap<>();

    private final Supplier<ChannelConfiguration> defaults;

    private final ChannelEnvironment environment;

    private final TlsBundles tls;

    NamedChannels(List<ChannelConfiguration> configurations, Supplier<ChannelConfiguration> defaults,
            ChannelEnvironment environment, TlsBundles tls) {
        this.defaults = defaults;
        this.environment = environment;
        this.tls = tls;
        configurations.forEach((configuration) -> {
            this.configurations.put(configuration.name(), configuration);
            this.channels.put(configuration.name(), shared(configuration));
        });
    }

    /**
     * Finds a channel for one more user.
     * @param service what is to be called, if that is known
     * @param askedBy what a message adds about who asks
     * @throws RpcConfigurationException if there is no such channel, or it cannot work
     */
    SharedChannel use(String name, @Nullable String service, String askedBy) {
        Detours detours = this.environment.detours();
        if (detours == null || this.configurations.containsKey(name)) {
            return known(name, this.channels.get(name), askedBy).use();
        }
        return detours.lead(name, service)
                ? this.channels.computeIfAbsent(name, (unknown) -> shared(inherited(unknown))).use()
                : known(name, null, askedBy + ((service != null) ? ", and nothing here answers " + service : ""));
    }

    boolean has(String name) {
        Detours detours = this.environment.detours();
        return this.configurations.containsKey(name) || (detours != null && detours.lead(name, null));
    }

    /**
     * What a channel has, apart from its target.
     * @throws RpcConfigurationException if there is no such channel
     */
    ChannelConfiguration configuration(String name) {
        ChannelConfiguration configured = this.configurations.get(name);
        return (configured == null && has(name)) ? inherited(name) : known(name, configured, "");
    }

    Set<String> names() {
        return new TreeSet<>(this.channels.keySet());
    }

    Collection<SharedChannel> all() {
        return this.channels.values();
    }

    Collection<ChannelConfiguration> configured() {
        return this.configurations.values();
    }

    Map<String, ChannelFigures> figures() {
        Map<String, ChannelFigures> figures = new TreeMap<>();
        this.channels.forEach((name, channel) -> figures.put(name, channel.figures()));
        return figures;
    }

    /** All that a channel inherits, without a target. */
    private ChannelConfiguration inherited(String name) {
        ChannelConfiguration inherited = this.defaults.get();
        return new ChannelConfiguration(name, List.of(), inherited.settings(), inherited.calls(), inherited.methods());
    }

    private SharedChannel shared(ChannelConfiguration configuration) {
        return new SharedChannel(
                new ChannelFactory(configuration, ChannelTarget.of(configuration), this.environment, this.tls));
    }

    private <T> T known(String name, @Nullable T found, String askedBy) {
        if (found == null) {
            throw new RpcConfigurationException(
                    "No channel '" + name + "' is configured" + askedBy + ". Configured channels: "
                            + Names.nearestFirst(name, names()) + ".",
                    "Correct the name, or add the channel to application.yml:\n\n" + yaml(name));
        }
        return found;
    }

    private static String yaml(String name) {
        String key = name.matches("[A-Za-z0-9-]+") ? name : "\"[" + name + "]\"";
        return "rpc:\n  client:\n    channels:\n      " + key + ":\n        target: \"localhost:9090\"";
    }

}
