package io.rpcspring.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Writes retry, hedging and health checks as grpc-java's service config.
 * <p>
 * Its numbers are {@code Double}s and its durations strings, as in the <a href=
 * "https://github.com/grpc/grpc-proto/blob/master/grpc/service_config/service_config.proto">JSON
 * form</a>. Method configs do not inherit there, so each is written in full.
 */
final class ServiceConfig {

    /** What grpc-java tries at most if it is not told otherwise. */
    private static final int USUAL_LIMIT = 5;

    private ServiceConfig() {
    }

    static void configure(ManagedChannelBuilder<?> builder, ChannelConfiguration configuration) {
        Map<String, Object> config = of(configuration);
        if (!config.isEmpty()) {
            builder.defaultServiceConfig(config);
        }
        int limit = Stream.concat(Stream.of(configuration.calls()), configuration.methods().values().stream())
            .mapToInt(ServiceConfig::attempts)
            .max()
            .orElse(0);
        builder.maxRetryAttempts(Math.max(limit, USUAL_LIMIT)).maxHedgedAttempts(Math.max(limit, USUAL_LIMIT));
    }

    static Map<String, Object> of(ChannelConfiguration configuration) {
        Map<String, Object> config = new HashMap<>();
        List<Map<String, Object>> methods = new ArrayList<>();
        methods.add(method(Map.of(), configuration.calls()));
        configuration.methods().forEach((name, calls) -> methods.add(method(name(name), calls)));
        if (methods.stream().anyMatch((method) -> method.size() > 1)) {
            config.put("methodConfig", methods);
        }
        ChannelSettings.RetryThrottling throttling = configuration.settings().retryThrottling();
        if (throttling != null) {
            config.put("retryThrottling",
                    Map.of("maxTokens", (double) throttling.maxTokens(), "tokenRatio", throttling.tokenRatio()));
        }
        ChannelSettings.HealthCheck health = configuration.settings().healthCheck();
        if (health.enabled()) {
            config.put("healthCheckConfig", Map.of("serviceName", health.service()));
        }
        return config;
    }

    private static int attempts(CallSettings calls) {
        int retry = (calls.retry() != null) ? calls.retry().maxAttempts() : 0;
        int hedging = (calls.hedging() != null) ? calls.hedging().maxAttempts() : 0;
        return Math.max(retry, hedging);
    }

    private static Map<String, String> name(String method) {
        int slash = method.indexOf('/');
        return (slash < 0) ? Map.of("service", method)
                : Map.of("service", method.substring(0, slash), "method", method.substring(slash + 1));
    }

    private static Map<String, Object> method(Map<String, String> name, CallSettings calls) {
        Map<String, Object> config = new HashMap<>(Map.of("name", List.of(name)));
        put(config, "retryPolicy", calls.retry());
        put(config, "hedgingPolicy", calls.hedging());
        return config;
    }

    private static void put(Map<String, Object> config, String key, CallSettings.@Nullable Retry retry) {
        if (retry != null && retry.isOn()) {
            config.put(key,
                    Map.of("maxAttempts", (double) retry.maxAttempts(), "initialBackoff", text(retry.initialBackoff()),
                            "maxBackoff", text(retry.maxBackoff()), "backoffMultiplier", retry.multiplier(),
                            "retryableStatusCodes", names(retry.codes())));
        }
    }

    private static void put(Map<String, Object> config, String key, CallSettings.@Nullable Hedging hedging) {
        if (hedging != null && hedging.isOn()) {
            config.put(key, Map.of("maxAttempts", (double) hedging.maxAttempts(), "hedgingDelay", text(hedging.delay()),
                    "nonFatalStatusCodes", names(hedging.nonFatalCodes())));
        }
    }

    private static List<String> names(List<Status.Code> codes) {
        return codes.stream().map(Status.Code::name).toList();
    }

    /** All nine digits: a shorter fraction is where 5 ms once became 500. */
    static String text(Duration duration) {
        return String.format(Locale.ROOT, "%d.%09ds", duration.getSeconds(), duration.getNano());
    }

}
