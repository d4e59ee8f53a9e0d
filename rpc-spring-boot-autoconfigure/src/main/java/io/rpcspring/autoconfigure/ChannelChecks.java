package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import io.grpc.CompressorRegistry;
import io.grpc.LoadBalancerRegistry;
import io.grpc.Status;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.CallSettings;
import io.rpcspring.client.ChannelSettings;

/**
 * Refuses settings that cannot work, in the words of the property that has them.
 */
final class ChannelChecks {

    private static final Duration FOREVER = Duration.ofDays(36500);

    private static final Pattern METHOD = Pattern.compile("[\\w.]+(/\\w+)?");

    private static final Pattern HEADER = Pattern.compile("(?!grpc-)[0-9a-z_.-]+(?<!-bin)");

    private static final List<String> RESERVED = List.of("te", "content-type", "user-agent");

    private static final Pattern PRINTABLE = Pattern.compile("[ -~]*");

    private final PropertyLayers layers;

    private ChannelChecks(PropertyLayers layers) {
        this.layers = layers;
    }

    static void check(ChannelSettings settings, PropertyLayers layers) {
        ChannelChecks checks = new ChannelChecks(layers);
        checks.targets(settings);
        checks.transport(settings);
        checks.metadata(settings);
        checks.policies(settings);
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
        String last = this.layers.places().get(this.layers.places().size() - 1);
        boolean inherited = this.layers.places().size() > 1;
        if ((settings.target() != null || !settings.targets().isEmpty()) && !inherited) {
            throw new RpcConfigurationException(last + " has a target, but no channel falls back to a default one.",
                    "Move it to the channel: rpc.client.channels.<name>.target.");
        }
        if (settings.target() != null && !settings.targets().isEmpty()) {
            throw new RpcConfigurationException(
                    this.layers.nameOf("target") + " and " + this.layers.nameOf("targets") + " are both set.",
                    "Remove one of them.");
        }
    }

    private void transport(ChannelSettings settings) {
        range("connections", settings.connections(), 1, 256);
        range("connect-timeout", settings.connectTimeout(), Duration.ofMillis(1), FOREVER);
        if (!settings.resolveInterval().isZero()) {
            range("resolve-interval", settings.resolveInterval(), Duration.ofSeconds(1), FOREVER);
        }
        if (settings.keepAlive().time() != null) {
            range("keep-alive.time", settings.keepAlive().time(), Duration.ofSeconds(10), FOREVER);
        }
        range("keep-alive.timeout", settings.keepAlive().timeout(), Duration.ofMillis(10), FOREVER);
        range("idle-timeout", settings.idleTimeout(), Duration.ofSeconds(1), FOREVER);
        range("max-inbound-message-size", settings.maxInboundMessageSize(), 0);
        range("max-inbound-metadata-size", settings.maxInboundMetadataSize(), 1);
        range("retry-buffer.per-call", settings.retryBuffer().perCall(), 1);
        range("retry-buffer.total", settings.retryBuffer().total(), 1);
        if (settings.flowControlWindow() != null) {
            range("flow-control-window", settings.flowControlWindow(), 1);
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
        if (LoadBalancerRegistry.getDefaultRegistry().getProvider(settings.loadBalancing()) == null) {
            throw wrong("load-balancing", settings.loadBalancing(), "is no load-balancing policy that is known",
                    "round_robin or pick_first, or add the policy's library");
        }
        if (settings.retryThrottling() != null) {
            range("retry-throttling.max-tokens", settings.retryThrottling().maxTokens(), 1, 1000);
            range("retry-throttling.token-ratio", settings.retryThrottling().tokenRatio(), 1000);
        }
        if (settings.healthCheck().enabled()) {
            if (!ClassUtils.isPresent("io.grpc.protobuf.services.HealthStatusManager", getClass().getClassLoader())) {
                throw wrong("health-check.enabled", "true", "needs io.grpc:grpc-services",
                        "false, or add the dependency");
            }
            if (!settings.loadBalancing().equals("round_robin")) {
                throw wrong("load-balancing", settings.loadBalancing(), "does not look at the servers' health",
                        "round_robin, or turn health-check off");
            }
        }
    }

    private void calls(CallSettings calls) {
        range("deadline", calls.deadline(), Duration.ZERO, FOREVER);
        range("stream-deadline", calls.streamDeadline(), Duration.ZERO, FOREVER);
        if (calls.compression() != null
                && CompressorRegistry.getDefaultInstance().lookupCompressor(calls.compression()) == null) {
            throw wrong("compression", calls.compression(), "is no codec that is known", "gzip or identity");
        }
        CallSettings.Retry retry = calls.retry();
        if (retry != null) {
            range("retry.max-attempts", retry.maxAttempts(), 1, CallSettings.MAX_ATTEMPTS);
            range("retry.initial-backoff", retry.initialBackoff(), Duration.ofNanos(1), FOREVER);
            range("retry.max-backoff", retry.maxBackoff(), Duration.ofNanos(1), FOREVER);
            range("retry.multiplier", retry.multiplier(), 1000);
            codes("retry.codes", retry.codes(), false);
        }
        CallSettings.Hedging hedging = calls.hedging();
        if (hedging != null) {
            range("hedging.max-attempts", hedging.maxAttempts(), 1, CallSettings.MAX_ATTEMPTS);
            range("hedging.delay", hedging.delay(), Duration.ZERO, FOREVER);
            codes("hedging.non-fatal-codes", hedging.nonFatalCodes(), true);
        }
    }

    private void codes(String key, List<Status.Code> codes, boolean mayBeEmpty) {
        if (codes.contains(Status.Code.OK) || (codes.isEmpty() && !mayBeEmpty)) {
            throw wrong(key, codes.toString(), "names no failure", "codes such as UNAVAILABLE");
        }
    }

    private void range(String key, int value, int from, int to) {
        if (value < from || value > to) {
            throw wrong(key, String.valueOf(value), "is not from " + from + " to " + to, "a value in this range");
        }
    }

    private void range(String key, double value, double to) {
        if (!(value > 0 && value <= to)) {
            throw wrong(key, String.valueOf(value), "is not above 0 and up to " + (int) to, "a value in this range");
        }
    }

    private void range(String key, Duration value, Duration from, Duration to) {
        if (value.compareTo(from) < 0 || value.compareTo(to) > 0) {
            throw wrong(key, text(value),
                    (value.compareTo(to) > 0) ? "is longer than a century" : "is shorter than " + text(from),
                    text(from) + " or longer");
        }
    }

    private void range(String key, DataSize value, int from) {
        if (value.toBytes() < from || value.toBytes() > Integer.MAX_VALUE) {
            throw wrong(key, value.toString(), "is not from " + from + "B to " + Integer.MAX_VALUE + "B",
                    "a value in this range");
        }
    }

    private RpcConfigurationException wrong(String key, String found, String problem, String cure) {
        String name = this.layers.nameOf(key);
        return new RpcConfigurationException(name + " is " + found + ", which " + problem + ".",
                "Set " + name + " to " + cure + ".");
    }

    private static String text(Duration value) {
        return (value.toNanosPart() % 1_000_000 == 0) ? value.toMillis() + "ms" : value.toNanos() + "ns";
    }

}
