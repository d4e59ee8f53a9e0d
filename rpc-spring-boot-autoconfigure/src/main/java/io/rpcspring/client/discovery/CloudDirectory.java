package io.rpcspring.client.discovery;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

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
        return new CloudResolver(service, channel, this.registry.get(), args, this.resolvers);
    }

    @Override
    public void onApplicationEvent(HeartbeatEvent event) {
        this.resolvers.forEach(CloudResolver::refresh);
    }

}
