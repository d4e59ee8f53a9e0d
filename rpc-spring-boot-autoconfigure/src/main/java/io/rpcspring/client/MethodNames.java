package io.rpcspring.client;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.grpc.ServiceDescriptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.words.Names;
import io.rpcspring.words.ServiceMethods;

/**
 * Finds the names below {@code methods} that no service has.
 * <p>
 * Whoever has a bare channel may call what nothing on the class path describes. So a
 * service that is not found stops the start only where nobody has one.
 */
final class MethodNames {

    private static final Log logger = LogFactory.getLog(MethodNames.class);

    private static final String CURE = "Correct the name, or remove the entry.";

    /** The classes around each channel's stubs. */
    private final Map<String, Set<Class<?>>> stubs = new ConcurrentHashMap<>();

    private final Set<String> bare = ConcurrentHashMap.newKeySet();

    /** Somebody has a stub of the channel. */
    void used(String channel, Class<?> generated) {
        this.stubs.computeIfAbsent(channel, (name) -> ConcurrentHashMap.newKeySet()).add(generated);
    }

    /** Somebody has the channel itself. */
    void usedBare(String channel) {
        this.bare.add(channel);
    }

    /**
     * Looks at what a channel's settings name.
     * @param defaults the settings it inherits, asked for only if there is a method
     * @throws RpcConfigurationException if a service has no such method, or there is no
     * such service
     */
    void check(ChannelConfiguration channel, Supplier<ChannelConfiguration> defaults) {
        if (channel.methods().isEmpty()) {
            return;
        }
        Set<Class<?>> own = this.stubs.getOrDefault(channel.name(), Set.of());
        GeneratedServices services = new GeneratedServices();
        own.forEach(services::add);
        for (String name : channel.methods().keySet()) {
            boolean inherited = defaults.get().methods().containsKey(name);
            String place = (inherited ? defaults.get() : channel).property("methods");
            int slash = name.indexOf('/');
            String serviceName = (slash < 0) ? name : name.substring(0, slash);
            ServiceDescriptor service = services.find(serviceName);
            if (service == null) {
                complain(place, serviceName, own, inherited || this.bare.contains(channel.name()));
            }
            else if (slash >= 0) {
                ServiceMethods.require(place, service, name.substring(slash + 1));
            }
        }
    }

    private static void complain(String place, String service, Set<Class<?>> stubs, boolean mayBe) {
        List<String> used = stubs.stream().map(GeneratedServices::descriptor).map(ServiceDescriptor::getName).toList();
        String description = place + " names the service '" + service
                + "', of which no generated class is on the class path. Services of the channel's stubs: "
                + Names.nearestFirst(service, used) + ".";
        if (!mayBe && !used.isEmpty()) {
            throw new RpcConfigurationException(description, CURE);
        }
        logger.warn(description);
    }

}
