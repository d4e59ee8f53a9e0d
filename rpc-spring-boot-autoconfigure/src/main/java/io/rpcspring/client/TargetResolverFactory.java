package io.rpcspring.client;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
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

    private final ChannelConfiguration configuration;

    private final List<String> targets;

    private final ChannelEnvironment environment;

    private final ResolutionWatch watch;

    TargetResolverFactory(ChannelConfiguration configuration, List<String> targets, ChannelEnvironment environment,
            ResolutionWatch watch) {
        this.configuration = configuration;
        this.targets = targets;
        this.environment = environment;
        this.watch = watch;
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
        ChannelTimer timer = ChannelTimer.of(args);
        this.watch.connections().runIn(timer);
        NameResolver.Args own = args.toBuilder()
            .setServiceConfigParser(
                    new CompletedServiceConfig(args.getServiceConfigParser(), ServiceConfig.of(this.configuration)))
            .build();
        List<NameResolver> resolvers = this.targets.stream().map((one) -> resolver(one, own)).toList();
        return new TargetResolver(resolvers, this.configuration.settings(), timer, this.watch);
    }

    /** The scheme of the one target, so that grpc-java asks this about it. */
    @Override
    public String getDefaultScheme() {
        return isSeveral() ? SEVERAL : uri(target()).getScheme();
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

    private NameResolver resolver(String target, NameResolver.Args args) {
        URI uri = uri(target);
        ChannelEnvironment.Directory directory = this.environment.directoryOf(target).orElse(null);
        if (directory != null) {
            return directory.resolver(this.configuration, uri, args);
        }
        NameResolver resolver = NameResolverRegistry.getDefaultRegistry().asFactory().newNameResolver(uri, args);
        if (resolver == null) {
            throw new IllegalArgumentException("Could not find a NameResolverProvider for " + target);
        }
        return resolver;
    }

    private URI uri(String target) {
        NameResolverRegistry registry = NameResolverRegistry.getDefaultRegistry();
        boolean known = registry.getProviderForScheme(TargetScheme.of(target)) != null
                || this.environment.directoryOf(target).isPresent();
        try {
            return (known || target.contains("://")) ? new URI(target)
                    : new URI(registry.getDefaultScheme(), "", "/" + target, null);
        }
        catch (URISyntaxException ex) {
            throw new IllegalArgumentException(ex.getMessage(), ex);
        }
    }

}
