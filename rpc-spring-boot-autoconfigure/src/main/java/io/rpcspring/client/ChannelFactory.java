package io.rpcspring.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;

/**
 * Makes the connections of one channel from its configuration.
 *
 * @param configuration what is configured
 * @param target where the servers are
 * @param environment what the application adds
 * @param tls makes the credentials
 */
record ChannelFactory(ChannelConfiguration configuration, ChannelTarget target, ChannelEnvironment environment,
        TlsBundles tls) {

    /**
     * Makes the channel. It does not connect.
     * @throws RpcConfigurationException if the target cannot work
     */
    OpenChannel create(ChannelFigures figures) {
        ChannelSettings settings = this.configuration.settings();
        List<String> targets = this.target.resolved(this.environment.placeholders());
        String description = this.target.describe(targets);
        ReadableCredentials.refuse(this.configuration, targets, description);
        check(targets);
        IdleServers idle = new IdleServers(this.configuration, description).amongTargets(targets.size());
        ControlPlane.warn(this.configuration, description, targets.get(0));
        HeaderLimit limit = HeaderLimit.of(this.configuration, "the " + description);
        List<ManagedChannel> connections = new ArrayList<>();
        try {
            CallCredentials credentials = (settings.credentials() != null)
                    ? this.environment.credentials().apply(this.configuration.name(), settings.credentials()) : null;
            while (connections.size() < settings.connections()) {
                ConnectionWatch watch = watch(description, figures);
                connections.add(watch.watch(configure(builder(targets, watch, idle), limit, figures).build()));
            }
            return new OpenChannel(description, inboundLimit(), figures, connections,
                    CallDefaults.of(this.configuration.calls(), credentials), methods(credentials),
                    this.environment.observers().apply(this.configuration.name()));
        }
        catch (IllegalArgumentException ex) {
            throw this.target.unusable(String.join(", ", targets), ex.getMessage(), ex);
        }
        finally {
            if (connections.size() < settings.connections()) {
                connections.forEach(ManagedChannel::shutdownNow);
            }
        }
    }

    /**
     * Finds out when the application starts whether the targets can work, as far as this
     * is known by then.
     * @throws RpcConfigurationException if not
     */
    void checkAtStart() {
        List<String> targets = knownTargets();
        if (this.target.isKnownAtStart() && !targets.isEmpty()) {
            check(targets);
            targets.forEach((one) -> this.environment.directoryOf(one)
                .ifPresent((directory) -> directory.check(this.target.property(), one)));
        }
    }

    List<String> knownTargets() {
        return this.target.known(this.environment.placeholders());
    }

    private void check(List<String> targets) {
        for (String one : targets) {
            if (this.environment.directoryOf(one).isEmpty()) {
                TargetScheme.check(this.target.property(), one);
            }
        }
        ControlPlane.check(this.configuration, this.target.property(), targets.get(0));
    }

    private Map<String, CallDefaults> methods(@Nullable CallCredentials credentials) {
        Map<String, CallDefaults> methods = new HashMap<>();
        this.configuration.methods().forEach((name, calls) -> methods.put(name, CallDefaults.of(calls, credentials)));
        return methods;
    }

    /** Whether calls can go elsewhere than to the target. */
    boolean hasDetours() {
        ChannelEnvironment.Detours detours = this.environment.detours();
        return detours != null && detours.lead(this.configuration.name(), null);
    }

    /**
     * The in-process server that answers a method in the place of the target's, if one.
     */
    @Nullable String detour(MethodDescriptor<?, ?> method) {
        ChannelEnvironment.Detours detours = this.environment.detours();
        String server = (detours != null) ? detours.of(this.configuration.name(), method) : null;
        if (server == null && detours != null && this.target.targets().isEmpty()) {
            throw new RpcConfigurationException(
                    "Nothing here answers " + method.getFullMethodName() + ", and the " + this.target.name()
                            + " has no target.",
                    "Set " + this.configuration.property("target") + " to host:port, such as localhost:9090.");
        }
        return server;
    }

    /** Makes the same channel to an in-process server. */
    ChannelFactory within(String server) {
        return new ChannelFactory(this.configuration,
                ChannelTarget.atRunTime(this.configuration, InProcess.SCHEME + server), this.environment, this.tls);
    }

    /** Whether the target is another one than when the channel was opened. */
    boolean isElsewhere(OpenChannel opened) {
        return !this.target.isKnownAtStart()
                && !this.target.describe(this.target.resolved(this.environment.placeholders()))
                    .equals(opened.toString());
    }

    private String inboundLimit() {
        return this.configuration.settings().maxInboundMetadataSize().toBytes() + " bytes ("
                + this.configuration.property("max-inbound-metadata-size") + ")";
    }

    private ConnectionWatch watch(String description, ChannelFigures figures) {
        ChannelSettings settings = this.configuration.settings();
        return new ConnectionWatch(description, LoadBalancing.parsed(settings), settings.reconnect().maxBackoff(),
                figures);
    }

    private ManagedChannelBuilder<?> builder(List<String> targets, ConnectionWatch watch, IdleServers idle) {
        String first = targets.get(0);
        if (first.startsWith(InProcess.SCHEME)) {
            return InProcess.builder(first, (int) this.configuration.settings().maxInboundMessageSize().toBytes());
        }
        ChannelCredentials own = this.tls.credentials(this.configuration);
        ChannelCredentials credentials = this.environment.directoryOf(first)
            .map((directory) -> directory.credentials(own))
            .orElse(own);
        TargetResolverFactory resolvers = new TargetResolverFactory(this.configuration, targets, this.environment,
                watch, idle);
        return Grpc.newChannelBuilder(resolvers.target(), credentials, resolvers.registry())
            .defaultLoadBalancingPolicy(WatchedPolicy.name());
    }

    private ManagedChannelBuilder<?> configure(ManagedChannelBuilder<?> builder, HeaderLimit limit,
            ChannelFigures figures) {
        ChannelSettings settings = this.configuration.settings();
        builder.enableRetry()
            .perRpcBufferLimit(settings.retryBuffer().perCall().toBytes())
            .retryBufferSize(settings.retryBuffer().total().toBytes())
            .maxInboundMessageSize((int) settings.maxInboundMessageSize().toBytes())
            .maxInboundMetadataSize((int) settings.maxInboundMetadataSize().toBytes())
            .idleTimeout(settings.idleTimeout().toNanos(), TimeUnit.NANOSECONDS);
        ServiceConfig.configure(builder, this.configuration);
        if (settings.keepAlive().time() != null) {
            builder.keepAliveTime(settings.keepAlive().time().toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(settings.keepAlive().timeout().toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveWithoutCalls(settings.keepAlive().withoutCalls());
        }
        if (settings.authority() != null) {
            builder.overrideAuthority(settings.authority());
        }
        if (settings.userAgent() != null) {
            builder.userAgent(settings.userAgent());
        }
        if (settings.flowControlWindow() != null) {
            NettyChannels.flowControlWindow(builder, (int) settings.flowControlWindow().toBytes());
        }
        builder.addTransportFilter(figures.filter()).intercept(limit);
        this.environment.links().get().forEach((link) -> link.of(this.configuration).ifPresent(builder::intercept));
        builder.intercept(interceptors(settings));
        String name = this.configuration.name();
        this.environment.customizers().get().forEach((customizer) -> customizer.customize(name, builder));
        return builder;
    }

    /** The builder calls the last first. */
    private List<ClientInterceptor> interceptors(ChannelSettings settings) {
        List<ClientInterceptor> interceptors = new ArrayList<>(
                this.environment.interceptors().apply(this.configuration.name()));
        StaticMetadata metadata = StaticMetadata.of(settings);
        if (!metadata.headers().isEmpty()) {
            interceptors.add(0, metadata);
        }
        Collections.reverse(interceptors);
        return interceptors;
    }

}
