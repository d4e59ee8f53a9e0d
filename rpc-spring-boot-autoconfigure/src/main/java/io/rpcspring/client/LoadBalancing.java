package io.rpcspring.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.NameResolver.ConfigOrError;
import org.jspecify.annotations.Nullable;

/**
 * Writes how a channel chooses among its servers as grpc-java's service config.
 * <p>
 * A subset of the servers is chosen first, failing ones are then taken out of it, and the
 * policy chooses among the rest.
 */
public final class LoadBalancing {

    private static final String EXPERIMENTAL = "_experimental";

    private LoadBalancing() {
    }

    /**
     * Finds a policy by the name that users write, whatever grpc-java calls it.
     * @param policy a short name, or grpc-java's own
     * @return the policy, if its library is on the class path
     */
    public static @Nullable LoadBalancerProvider find(String policy) {
        LoadBalancerRegistry registry = LoadBalancerRegistry.getDefaultRegistry();
        LoadBalancerProvider exact = registry.getProvider(policy);
        return (exact != null) ? exact : registry.getProvider(policy + EXPERIMENTAL);
    }

    /**
     * Whether grpc-java accepts the settings of a channel.
     * @param settings of a channel whose policy is there
     * @return what it says against them, if anything
     */
    public static @Nullable String problem(ChannelSettings settings) {
        ConfigOrError parsed = WatchedPolicy.parse(policies(settings));
        if (parsed.getError() == null) {
            return null;
        }
        String description = parsed.getError().getDescription();
        return (description != null) ? description.replace('\n', ' ') : parsed.getError().getCode().name();
    }

    /**
     * What chooses among a channel's servers, as {@link WatchedPolicy} takes it.
     * @param settings without a {@link #problem}
     */
    static Object parsed(ChannelSettings settings) {
        return Objects.requireNonNull(WatchedPolicy.parse(policies(settings)).getConfig());
    }

    /** What stands in the service config, the outermost policy first. */
    private static List<Map<String, ?>> policies(ChannelSettings settings) {
        LoadBalancerProvider policy = find(settings.loadBalancing());
        List<Map<String, ?>> inner = List
            .of(Map.of((policy != null) ? policy.getPolicyName() : settings.loadBalancing(), own(settings)));
        if (settings.outlierDetection().enabled()) {
            inner = List.of(around(inner, "outlier_detection", of(settings.outlierDetection())));
        }
        Integer subset = settings.subsetSize();
        return (subset != null)
                ? List.of(around(inner, "random_subsetting", Map.of("subsetSize", subset.doubleValue()))) : inner;
    }

    private static Map<String, ?> around(List<Map<String, ?>> inner, String policy, Map<String, Object> settings) {
        Map<String, Object> config = new HashMap<>(settings);
        config.put("childPolicy", inner);
        return Map.of(policy + EXPERIMENTAL, config);
    }

    /** Settings of other policies are inherited, and do nothing here. */
    private static Map<String, Object> own(ChannelSettings settings) {
        LoadBalancingSettings all = settings.loadBalancingSettings();
        Map<String, Object> own = new HashMap<>();
        switch (settings.loadBalancing()) {
            case "pick_first" -> put(own, "shuffleAddressList", all.shuffleAddressList());
            case "weighted_round_robin" -> {
                put(own, "blackoutPeriod", all.blackoutPeriod());
                put(own, "weightExpirationPeriod", all.weightExpirationPeriod());
                put(own, "weightUpdatePeriod", all.weightUpdatePeriod());
                put(own, "enableOobLoadReport", all.enableOobLoadReport());
                put(own, "oobReportingPeriod", all.oobReportingPeriod());
                put(own, "errorUtilizationPenalty", all.errorUtilizationPenalty());
            }
            case "least_request" -> put(own, "choiceCount", all.choiceCount());
            default -> {
                // Has no settings that are known.
            }
        }
        return own;
    }

    private static Map<String, Object> of(OutlierDetection detection) {
        Map<String, Object> config = new HashMap<>();
        put(config, "interval", detection.interval());
        put(config, "baseEjectionTime", detection.baseEjectionTime());
        put(config, "maxEjectionTime", detection.maxEjectionTime());
        // What the service config calls maxEjectionPercent.
        put(config, "maxEjectionPercentage", detection.maxEjectionPercent());
        OutlierDetection.SuccessRateEjection success = detection.successRateEjection();
        if (success != null) {
            config.put("successRateEjection", ejection("stdevFactor", success.stdevFactor(),
                    success.enforcementPercentage(), success.minimumHosts(), success.requestVolume()));
        }
        OutlierDetection.FailurePercentageEjection failure = detection.failurePercentageEjection();
        config.put("failurePercentageEjection", ejection("threshold", failure.threshold(),
                failure.enforcementPercentage(), failure.minimumHosts(), failure.requestVolume()));
        return config;
    }

    private static Map<String, Object> ejection(String limit, int value, int enforcement, int hosts, int volume) {
        return Map.of(limit, (double) value, "enforcementPercentage", (double) enforcement, "minimumHosts",
                (double) hosts, "requestVolume", (double) volume);
    }

    private static void put(Map<String, Object> config, String key, @Nullable Object value) {
        if (value instanceof Duration duration) {
            config.put(key, ServiceConfig.text(duration));
        }
        else if (value instanceof Number number) {
            config.put(key, number.doubleValue());
        }
        else if (value != null) {
            config.put(key, value);
        }
    }

}
