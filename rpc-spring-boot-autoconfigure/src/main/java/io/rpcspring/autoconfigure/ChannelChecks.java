package io.rpcspring.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.ChannelSettings;

/**
 * Refuses settings of channels that cannot work, in the words of the property that has
 * them.
 */
final class ChannelChecks {

    private final PropertyLayers layers;

    private final PropertyLimits limits;

    private ChannelChecks(PropertyLayers layers) {
        this.layers = layers;
        this.limits = new PropertyLimits(layers);
    }

    static void check(ChannelSettings settings, PropertyLayers layers, @Nullable ClassLoader classLoader) {
        ChannelChecks checks = new ChannelChecks(layers);
        checks.targets(settings);
        checks.transport(settings);
        new HeaderChecks(layers).check(settings.metadata());
        new BalancingChecks(settings, layers, checks.limits, classLoader).check();
        checks.policies(settings);
        new CredentialChecks(layers).check(settings);
    }

    private void targets(ChannelSettings settings) {
        String last = this.layers.places().get(this.layers.places().size() - 1).text();
        boolean inherited = this.layers.places().size() > 1;
        if ((settings.target() != null || !settings.targets().isEmpty()) && !inherited) {
            throw new RpcConfigurationException(last + " has a target, but no channel falls back to a default one.",
                    "Move it to the channel: rpc.client.channels.<name>.target.");
        }
        boolean both = settings.target() != null && !settings.targets().isEmpty();
        if (both && this.layers.sourceOf("target") == this.layers.sourceOf("targets")) {
            throw new RpcConfigurationException(
                    this.layers.nameOf("target") + " and " + this.layers.nameOf("targets") + " are both set.",
                    "Remove one of them.");
        }
    }

    private void transport(ChannelSettings settings) {
        this.limits.range("connections", settings.connections(), 1, 256);
        this.limits.range("connect-timeout", settings.connectTimeout(), Duration.ofMillis(1));
        if (!settings.resolveInterval().isZero()) {
            this.limits.range("resolve-interval", settings.resolveInterval(), Duration.ofSeconds(1));
        }
        if (settings.keepAlive().time() != null) {
            this.limits.range("keep-alive.time", settings.keepAlive().time(), Duration.ofSeconds(10));
        }
        this.limits.range("reconnect.max-backoff", settings.reconnect().maxBackoff(), Duration.ofMillis(100));
        this.limits.range("keep-alive.timeout", settings.keepAlive().timeout(), Duration.ofMillis(10));
        this.limits.range("idle-timeout", settings.idleTimeout(), Duration.ofSeconds(1));
        this.limits.range("max-inbound-message-size", settings.maxInboundMessageSize(), 0);
        this.limits.range("max-inbound-metadata-size", settings.maxInboundMetadataSize(), 1);
        this.limits.range("max-outbound-metadata-size", settings.maxOutboundMetadataSize(), 1024);
        this.limits.range("retry-buffer.per-call", settings.retryBuffer().perCall(), 1);
        this.limits.range("retry-buffer.total", settings.retryBuffer().total(), 1);
        if (settings.flowControlWindow() != null) {
            this.limits.range("flow-control-window", settings.flowControlWindow(), 1);
        }
    }

    private void policies(ChannelSettings settings) {
        if (settings.discovery().portKey().isBlank()) {
            throw this.limits.wrong("discovery.port-key", "empty", "names no key",
                    "the key of the gRPC port in the instances' metadata, such as gRPC_port");
        }
        if (settings.retryThrottling() != null) {
            this.limits.range("retry-throttling.max-tokens", settings.retryThrottling().maxTokens(), 1, 1000);
            this.limits.range("retry-throttling.token-ratio", settings.retryThrottling().tokenRatio(), 1000);
        }
        if (settings.healthCheck().enabled()) {
            if (!ClassUtils.isPresent("io.grpc.protobuf.services.HealthStatusManager", getClass().getClassLoader())) {
                throw this.limits.wrong("health-check.enabled", "true", "needs io.grpc:grpc-services",
                        "false, or add the dependency");
            }
            if (!settings.loadBalancing().equals("round_robin")) {
                throw this.limits.wrong("load-balancing", settings.loadBalancing(),
                        "does not look at the servers' health", "round_robin, or turn health-check off");
            }
        }
    }

}
