package io.rpcspring.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Writes the settings of single policies as they stand in grpc-java's service config.
 */
final class PolicyConfig {

    private PolicyConfig() {
    }

    /** Settings of other policies are inherited, and do nothing here. */
    static Map<String, Object> of(String policy, LoadBalancingSettings all) {
        Map<String, Object> own = new HashMap<>();
        switch (policy) {
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

    static Map<String, Object> of(OutlierDetection detection) {
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
