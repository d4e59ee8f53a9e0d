package io.rpcspring.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.test.RpcConnectionDetails;

/**
 * Puts what containers say about servers above what is configured.
 *
 * @param details by their channels' names
 */
record ChannelPlaces(Map<String, RpcConnectionDetails> details) {

    /**
     * Knows where the servers of some channels are.
     * @throws RpcConfigurationException if there are two places for one channel
     */
    static ChannelPlaces of(Stream<RpcConnectionDetails> details) {
        Map<String, RpcConnectionDetails> places = new TreeMap<>();
        details.forEach((place) -> {
            RpcConnectionDetails other = places.put(place.channel(), place);
            if (other != null) {
                throw new RpcConfigurationException(
                        "Two RpcConnectionDetails are for the channel '" + place.channel() + "': " + other.target()
                                + " and " + place.target() + ".",
                        "Leave one of them, or give one another channel, as in"
                                + " @ServiceConnection(name = \"...\") on its container.");
            }
        });
        return new ChannelPlaces(places);
    }

    /** The channels there are: those that are configured, and those that have a place. */
    Set<String> names(Set<String> configured) {
        Set<String> names = new TreeSet<>(configured);
        names.addAll(this.details.keySet());
        return names;
    }

    /** The application's properties, with the places above them. */
    Environment over(ConfigurableEnvironment environment) {
        if (this.details.isEmpty()) {
            return environment;
        }
        Map<String, Object> properties = new HashMap<>();
        this.details.forEach((channel, place) -> {
            String prefix = "rpc.client.channels[" + channel + "].";
            properties.put(prefix + "target", place.target());
            properties.put(prefix + "ssl.enabled", place.sslBundle() != null);
            if (place.sslBundle() != null) {
                properties.put(prefix + "ssl.bundle", bundleOf(channel));
            }
        });
        StandardEnvironment above = new StandardEnvironment();
        above.getPropertySources().forEach((own) -> above.getPropertySources().remove(own.getName()));
        above.getPropertySources().addLast(new MapPropertySource("rpcConnectionDetails", properties));
        // What Spring Boot attaches sees only the sources that it was attached to.
        environment.getPropertySources()
            .stream()
            .filter((source) -> !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
            .forEach(above.getPropertySources()::addLast);
        return above;
    }

    private static String bundleOf(String channel) {
        return "RpcConnectionDetails of the channel '" + channel + "'";
    }

    /** The application's bundles, and those that belong to a place. */
    Supplier<SslBundles> over(Supplier<SslBundles> bundles) {
        Map<String, SslBundle> own = new HashMap<>();
        this.details.forEach((channel, place) -> {
            SslBundle bundle = place.sslBundle();
            if (bundle != null) {
                own.put(bundleOf(channel), bundle);
            }
        });
        return own.isEmpty() ? bundles : () -> new PlaceBundles(own, bundles);
    }

}
