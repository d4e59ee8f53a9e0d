package io.rpcspring.client;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Makes the resolvers of one channel's targets.
 */
final class TargetResolverFactory extends NameResolverProvider {

    private static final String SEVERAL = "targets";

    private final List<String> targets;

    private final Duration interval;

    private final boolean oneAuthority;

    private final ConnectionWatch watch;

    TargetResolverFactory(List<String> targets, Duration interval, boolean oneAuthority, ConnectionWatch watch) {
        this.targets = targets;
        this.interval = interval;
        this.oneAuthority = oneAuthority;
        this.watch = watch;
    }

    Duration interval() {
        return this.interval;
    }

    boolean oneAuthority() {
        return this.oneAuthority;
    }

    ConnectionWatch watch() {
        return this.watch;
    }

    private boolean isSeveral() {
        return this.targets.size() > 1;
    }

    /** What grpc-java is told. */
    String target() {
        return isSeveral() ? SEVERAL + ":///" + this.targets.size() : this.targets.get(0);
    }

    /** Where grpc-java finds this, for one channel only. */
    NameResolverRegistry registry() {
        NameResolverRegistry own = new NameResolverRegistry();
        own.register(this);
        return own;
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
        this.watch.runIn(args.getSynchronizationContext(), args.getScheduledExecutorService());
        return new TargetResolver(this, this.targets.stream().map((one) -> resolver(one, args)).toList(), args);
    }

    /** The scheme of the one target, so that grpc-java asks this about it. */
    @Override
    public String getDefaultScheme() {
        return isSeveral() ? SEVERAL : uri(target(), NameResolverRegistry.getDefaultRegistry()).getScheme();
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
        NameResolverProvider provider = isSeveral() ? null
                : NameResolverRegistry.getDefaultRegistry().getProviderForScheme(getDefaultScheme());
        return (provider != null) ? provider.getProducedSocketAddressTypes() : Set.of(InetSocketAddress.class);
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return 5;
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
