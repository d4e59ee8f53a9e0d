package io.rpcspring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.CallSettings;
import io.rpcspring.client.ChannelConfiguration;
import io.rpcspring.client.ChannelSettings;

/**
 * Reads a channel's configuration with everything it inherits: defaults, channel, method.
 *
 * @param environment has the properties
 * @param classLoader has the libraries that are there
 */
record ChannelBinder(Environment environment, @Nullable ClassLoader classLoader) {

    private static final PropertyPlace CLIENT = PropertyPlace.of("rpc.client");

    private static final PropertyPlace DEFAULTS = PropertyPlace.of("rpc.client.defaults");

    /**
     * What channels at run time get if they name no other. Mistakes come to light now; an
     * application that has configured nothing need not wait for it when it starts.
     */
    Supplier<ChannelConfiguration> defaults() {
        List<PropertyPlace> places = List.of(DEFAULTS);
        SingletonSupplier<ChannelConfiguration> defaults = SingletonSupplier.of(() -> configuration("", places));
        if (new PropertyLayers(this.environment, places).isConfigured()) {
            defaults.obtain();
        }
        return defaults::obtain;
    }

    ChannelConfiguration channel(String name) {
        return configuration(name, List.of(CLIENT.below("channels", name), DEFAULTS));
    }

    private ChannelConfiguration configuration(String name, List<PropertyPlace> places) {
        PropertyLayers channel = new PropertyLayers(this.environment, places);
        ChannelSettings settings = channel.bind(ChannelSettings.class);
        ChannelChecks.check(settings, channel, this.classLoader);
        Map<String, CallSettings> methods = new LinkedHashMap<>();
        settings.methods().keySet().forEach((method) -> methods.put(method, calls(method, places)));
        return new ChannelConfiguration(name, targets(settings, channel), settings, calls(channel), methods);
    }

    /**
     * Whoever is nearer wins, so that a profile can have several targets instead of one.
     */
    private static List<String> targets(ChannelSettings settings, PropertyLayers channel) {
        String target = settings.target();
        boolean several = !settings.targets().isEmpty();
        if (target == null || (several && channel.sourceOf("targets") < channel.sourceOf("target"))) {
            return settings.targets();
        }
        return List.of(target);
    }

    /**
     * A method inherits from its service, and only then from the channel. Its own
     * deadline counts whatever its kind, which whoever names the method knows.
     */
    private CallSettings calls(String method, List<PropertyPlace> channel) {
        CallChecks.name(method, channel.get(0).text());
        int slash = method.indexOf('/');
        List<String> names = (slash < 0) ? List.of(method) : List.of(method, method.substring(0, slash));
        List<PropertyPlace> places = new ArrayList<>();
        names.forEach((name) -> channel.forEach((place) -> places.add(place.below("methods", name))));
        places.addAll(channel);
        PropertyLayers layers = new PropertyLayers(this.environment, places);
        CallSettings calls = calls(layers);
        boolean own = slash > 0 && layers.depthOf("deadline") < channel.size();
        return (own && layers.depthOf("deadline") < layers.depthOf("stream-deadline"))
                ? calls.withStreamDeadline(calls.deadline()) : calls;
    }

    private static CallSettings calls(PropertyLayers layers) {
        CallSettings calls = layers.bind(CallSettings.class);
        new CallChecks(new PropertyLimits(layers)).check(calls);
        CallSettings.Retry retry = calls.retry();
        CallSettings.Hedging hedging = calls.hedging();
        if (retry == null || hedging == null) {
            return calls;
        }
        int retryDepth = layers.depthOf("retry");
        int hedgingDepth = layers.depthOf("hedging");
        if (retryDepth != hedgingDepth) {
            return calls.withAttempts((retryDepth < hedgingDepth) ? retry : null,
                    (hedgingDepth < retryDepth) ? hedging : null);
        }
        if (retry.isOn() && hedging.isOn()) {
            throw new RpcConfigurationException(
                    layers.nameOf("retry") + " and " + layers.nameOf("hedging")
                            + " are both set, but a call is either tried again or hedged.",
                    "Remove one of them, or turn it off with max-attempts: 1.");
        }
        return calls;
    }

}
