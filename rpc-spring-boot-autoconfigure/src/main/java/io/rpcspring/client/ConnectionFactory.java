package io.rpcspring.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;

/**
 * Makes each of the connections of an open channel: grpc-java's channels, all alike.
 */
final class ConnectionFactory {

    private final ChannelConfiguration configuration;

    private final ChannelEnvironment environment;

    private final TlsBundles tls;

    private final List<String> targets;

    private final String description;

    private final ChannelFigures figures;

    private final HeaderLimit limit;

    private final IdleServers idle;

    /**
     * Makes nothing yet.
     * @param targets without placeholders
     * @param description names the channel and its targets
     * @param figures are moved by the connections
     */
    ConnectionFactory(ChannelConfiguration configuration, ChannelEnvironment environment, TlsBundles tls,
            List<String> targets, String description, ChannelFigures figures) {
        this.configuration = configuration;
        this.environment = environment;
        this.tls = tls;
        this.targets = targets;
        this.description = description;
        this.figures = figures;
        this.limit = HeaderLimit.of(configuration, "the " + description);
        this.idle = new IdleServers(configuration, description).amongTargets(targets.size());
    }

    ManagedChannel create() {
        ChannelSettings settings = this.configuration.settings();
        ConnectionWatch watch = new ConnectionWatch(this.description, LoadBalancing.parsed(settings),
                settings.reconnect().maxBackoff(), this.figures);
        ManagedChannelBuilder<?> builder = builder(watch);
        ConnectionSettings.configure(builder, this.configuration);
        builder.addTransportFilter(this.figures.filter()).intercept(this.limit);
        this.environment.links().get().forEach((link) -> link.of(this.configuration).ifPresent(builder::intercept));
        builder.intercept(interceptors());
        String name = this.configuration.name();
        this.environment.customizers().get().forEach((customizer) -> customizer.customize(name, builder));
        return watch.watch(builder.build());
    }

    private ManagedChannelBuilder<?> builder(ConnectionWatch watch) {
        String first = this.targets.get(0);
        if (first.startsWith(InProcess.SCHEME)) {
            return InProcess.builder(first, (int) this.configuration.settings().maxInboundMessageSize().toBytes());
        }
        ChannelCredentials own = this.tls.credentials(this.configuration);
        ChannelCredentials credentials = this.environment.directoryOf(first)
            .map((directory) -> directory.credentials(own))
            .orElse(own);
        TargetResolverFactory resolvers = new TargetResolverFactory(this.configuration, this.targets, this.environment,
                new ResolutionWatch(watch, this.idle));
        return Grpc.newChannelBuilder(resolvers.target(), credentials, resolvers.registry())
            .defaultLoadBalancingPolicy(WatchedPolicy.name());
    }

    /** The builder calls the last first. */
    private List<ClientInterceptor> interceptors() {
        List<ClientInterceptor> interceptors = new ArrayList<>(
                this.environment.interceptors().apply(this.configuration.name()));
        StaticMetadata metadata = StaticMetadata.of(this.configuration.settings());
        if (!metadata.headers().isEmpty()) {
            interceptors.add(0, metadata);
        }
        Collections.reverse(interceptors);
        return interceptors;
    }

}
