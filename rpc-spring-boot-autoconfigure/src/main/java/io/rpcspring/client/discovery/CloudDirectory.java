package io.rpcspring.client.discovery;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationListener;

import io.rpcspring.client.ChannelConfiguration;
import io.rpcspring.client.ChannelEnvironment;

/**
 * Finds servers by the names that they have in Spring Cloud's service registry, for
 * targets such as {@code discovery:///places}.
 * <p>
 * The registry's heartbeat has all channels ask again: only the gRPC port may have
 * changed, in metadata that nobody else looks at.
 */
public final class CloudDirectory implements ChannelEnvironment.Directory, ApplicationListener<HeartbeatEvent> {

    private final Supplier<@Nullable ServiceRegistry> registry;

    /** Those of channels that are in use. */
    private final Set<CloudResolver> resolvers = ConcurrentHashMap.newKeySet();

    /**
     * What channels knew last, by channel and service: who idles may wake in an outage.
     */
    private final Map<String, List<EquivalentAddressGroup>> last = new ConcurrentHashMap<>();

    /**
     * Creates a directory that looks for the registry when a channel is made.
     * @param registry the registry, or null if there is none
     */
    public CloudDirectory(Supplier<@Nullable ServiceRegistry> registry) {
        this.registry = registry;
    }

    @Override
    public String scheme() {
        return "discovery";
    }

    @Override
    public NameResolver resolver(ChannelConfiguration channel, URI target, NameResolver.Args args) {
        String path = target.getPath();
        String service = (path != null) ? path.substring(1) : "";
        if (service.isEmpty() || service.contains("/")) {
            throw new IllegalArgumentException("it does not name a service, as discovery:///places does");
        }
        return new CloudResolver(service, channel, this.registry.get(), args, this);
    }

    void started(CloudResolver resolver) {
        this.resolvers.add(resolver);
    }

    void stopped(CloudResolver resolver) {
        this.resolvers.remove(resolver);
    }

    /** What is known of a service from before. */
    List<EquivalentAddressGroup> last(ChannelConfiguration channel, String service) {
        return this.last.getOrDefault(channel.name() + " " + service, List.of());
    }

    /** Remembers it for configured channels: those of targets at run time may be many. */
    void remember(ChannelConfiguration channel, String service, List<EquivalentAddressGroup> servers) {
        if (!channel.targets().isEmpty()) {
            this.last.put(channel.name() + " " + service, servers);
        }
    }

    @Override
    public void onApplicationEvent(HeartbeatEvent event) {
        this.resolvers.forEach(CloudResolver::refresh);
    }

}
