package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import io.grpc.CompressorRegistry;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.CallSettings;
import io.rpcspring.client.ChannelSettings;

/**
 * Refuses settings that cannot work, in the words of the property that has them.
 */
final class ChannelChecks {

    private static final Pattern METHOD = Pattern.compile("[\\w.]+(/\\w+)?");

    private static final Pattern HEADER = Pattern.compile("(?!grpc-)[0-9a-z_.-]+(?<!-bin)");

    private static final List<String> RESERVED = List.of("te", "content-type", "user-agent");

    private static final Pattern PRINTABLE = Pattern.compile("[ -~]*");

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
        checks.metadata(settings);
        new BalancingChecks(settings, layers, checks.limits, classLoader).check();
        checks.policies(settings);
        new CredentialChecks(layers).check(settings);
    }

    static void check(CallSettings calls, PropertyLayers layers) {
        new ChannelChecks(layers).calls(calls);
    }

    static void checkMethod(String method, String place) {
        if (!METHOD.matcher(method).matches()) {
            throw new RpcConfigurationException(place + ".methods has '" + method + "', which is no method's name.",
                    "Write \"[package.Service/Method]\", or \"[package.Service]\" for all its methods.");
        }
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

    private void metadata(ChannelSettings settings) {
        settings.metadata().forEach((key, value) -> {
            String name = this.layers.nameOf("metadata") + "[" + key + "]";
            if (!HEADER.matcher(key).matches() || RESERVED.contains(key)) {
                throw new RpcConfigurationException(name + " is no header that a call can have.",
                        "Use lower-case letters, digits, '-', '_' and '.', without 'grpc-' before and '-bin' after;"
                                + " the user agent has a property of its own.");
            }
            if (!PRINTABLE.matcher(value).matches()) {
                throw new RpcConfigurationException(name + " has a value with other than printable ASCII characters.",
                        "Encode it, or add a binary header in a ClientInterceptor.");
            }
        });
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

    private void calls(CallSettings calls) {
        this.limits.range("deadline", calls.deadline(), Duration.ZERO);
        this.limits.range("stream-deadline", calls.streamDeadline(), Duration.ZERO);
        if (calls.compression() != null
                && CompressorRegistry.getDefaultInstance().lookupCompressor(calls.compression()) == null) {
            throw this.limits.wrong("compression", calls.compression(), "is no codec that is known",
                    "gzip or identity");
        }
        CallSettings.Retry retry = calls.retry();
        if (retry != null) {
            this.limits.range("retry.max-attempts", retry.maxAttempts(), 1, CallSettings.MAX_ATTEMPTS);
            this.limits.range("retry.initial-backoff", retry.initialBackoff(), Duration.ofNanos(1));
            this.limits.range("retry.max-backoff", retry.maxBackoff(), Duration.ofNanos(1));
            this.limits.range("retry.multiplier", retry.multiplier(), 1000);
            codes("retry.codes", retry.codes(), false);
        }
        CallSettings.Hedging hedging = calls.hedging();
        if (hedging != null) {
            this.limits.range("hedging.max-attempts", hedging.maxAttempts(), 1, CallSettings.MAX_ATTEMPTS);
            this.limits.range("hedging.delay", hedging.delay(), Duration.ZERO);
            codes("hedging.non-fatal-codes", hedging.nonFatalCodes(), true);
        }
    }

    private void codes(String key, List<Status.Code> codes, boolean mayBeEmpty) {
        if (codes.contains(Status.Code.OK) || (codes.isEmpty() && !mayBeEmpty)) {
            throw this.limits.wrong(key, codes.toString(), "names no failure", "codes such as UNAVAILABLE");
        }
    }

}
