package io.rpcspring.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;

import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Makes the resolvers of one channel that has several targets, or resolves them again.
 */
final class TargetResolverFactory extends NameResolver.Factory {

    private static final String SCHEME = "targets";

    private final List<String> targets;

    private final Duration interval;

    private final boolean oneAuthority;

    TargetResolverFactory(List<String> targets, Duration interval, boolean oneAuthority) {
        this.targets = targets;
        this.interval = interval;
        this.oneAuthority = oneAuthority;
    }

    Duration interval() {
        return this.interval;
    }

    boolean oneAuthority() {
        return this.oneAuthority;
    }

    String target() {
        return SCHEME + ":///" + this.targets.size();
    }

    /** The way that concerns one channel only; its successor is global. */
    @SuppressWarnings("deprecation")
    ManagedChannelBuilder<?> install(ManagedChannelBuilder<?> builder) {
        return builder.nameResolverFactory(this);
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
        return new TargetResolver(this, this.targets.stream().map((one) -> resolver(one, args)).toList(), args);
    }

    @Override
    public String getDefaultScheme() {
        return SCHEME;
    }

    private static NameResolver resolver(String target, NameResolver.Args args) {
        NameResolverRegistry registry = NameResolverRegistry.getDefaultRegistry();
        NameResolver resolver = registry.asFactory().newNameResolver(uri(target, registry), args);
        if (resolver == null) {
            throw new IllegalArgumentException("Could not find a NameResolverProvider for " + target);
        }
        return resolver;
    }

    private static URI uri(String target, NameResolverRegistry registry) {
        String scheme = target.substring(0, Math.max(target.indexOf(':'), 0));
        try {
            return (registry.getProviderForScheme(scheme) != null || target.contains("://")) ? new URI(target)
                    : new URI(registry.getDefaultScheme(), "", "/" + target, null);
        }
        catch (URISyntaxException ex) {
            throw new IllegalArgumentException(ex.getMessage(), ex);
        }
    }

}
