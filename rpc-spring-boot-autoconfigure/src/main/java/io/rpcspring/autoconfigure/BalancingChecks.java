package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.ChannelSettings;
import io.rpcspring.client.LoadBalancing;
import io.rpcspring.client.LoadBalancingSettings;
import io.rpcspring.words.Names;

/**
 * Refuses ways to choose among servers that cannot work.
 *
 * @param settings of a channel
 * @param layers where they come from
 * @param limits refuses values out of range
 * @param classLoader has the libraries that are there
 */
record BalancingChecks(ChannelSettings settings, PropertyLayers layers, PropertyLimits limits,
        @Nullable ClassLoader classLoader) {

    private static final String POLICY = "load-balancing";

    private static final String SETTINGS = "load-balancing-settings";

    private static final String XDS = "io.grpc.xds.XdsNameResolverProvider";

    private static final List<String> OF_XDS = List.of("weighted_round_robin", "least_request", "ring_hash");

    private static final List<String> ALL = Stream.concat(Stream.of("round_robin", "pick_first"), OF_XDS.stream())
        .toList();

    /** Policies that choose none, but go around another one. */
    private static final Map<String, String> AROUND = Map.of("random_subsetting", "subset-size", "outlier_detection",
            "outlier-detection.enabled");

    void check() {
        policy();
        ranges();
        owners();
        if (this.settings.subsetSize() != null) {
            this.limits.range("subset-size", this.settings.subsetSize(), 1, 10_000);
        }
        new OutlierChecks(this.limits).check(this.settings.outlierDetection());
        String problem = LoadBalancing.problem(this.settings);
        if (problem != null) {
            throw this.limits.wrong(POLICY, this.settings.loadBalancing(), "grpc-java does not take: " + problem,
                    "round_robin");
        }
    }

    private void policy() {
        String policy = this.settings.loadBalancing();
        if (OF_XDS.contains(policy) && !ClassUtils.isPresent(XDS, this.classLoader)) {
            throw this.limits.wrong(POLICY, policy, "needs io.grpc:grpc-xds", "round_robin, or add the dependency");
        }
        String instead = AROUND.get(policy.replace("_experimental", ""));
        if (instead != null) {
            throw this.limits.wrong(POLICY, policy, "goes around another policy",
                    "round_robin, and set " + instead + " beside it");
        }
        if (LoadBalancing.find(policy) == null) {
            throw this.limits.wrong(POLICY, policy, "is no load-balancing policy that is known",
                    "one of " + Names.nearestFirst(policy, ALL) + ", or add the policy's library");
        }
    }

    /** What is set farther out than the policy is inherited, and may be another's. */
    private void owners() {
        String policy = this.settings.loadBalancing();
        List<String> own = LoadBalancingSettings.of(policy);
        for (String name : this.settings.loadBalancingSettings().names()) {
            String property = SETTINGS + "." + name;
            if (!own.contains(name) && this.layers.depthOf(property) <= this.layers.depthOf(POLICY)) {
                String full = this.layers.nameOf(property);
                throw new RpcConfigurationException(
                        full + " is set, but " + policy + " has no such setting. Its settings: "
                                + Names.nearestFirst(name, own) + ".",
                        "Remove " + full + ", or set " + this.layers.nameOf(POLICY) + " to the policy that has it.");
            }
        }
    }

    private void ranges() {
        LoadBalancingSettings values = this.settings.loadBalancingSettings();
        least("blackout-period", values.blackoutPeriod(), Duration.ZERO);
        least("weight-expiration-period", values.weightExpirationPeriod(), Duration.ofMillis(1));
        least("weight-update-period", values.weightUpdatePeriod(), Duration.ofMillis(100));
        least("oob-reporting-period", values.oobReportingPeriod(), Duration.ofMillis(1));
        Double penalty = values.errorUtilizationPenalty();
        if (penalty != null && !(penalty >= 0 && penalty <= 1000)) {
            throw this.limits.wrong(SETTINGS + ".error-utilization-penalty", penalty.toString(),
                    "is not from 0 to 1000", "a value in this range");
        }
        if (values.choiceCount() != null) {
            this.limits.range(SETTINGS + ".choice-count", values.choiceCount(), 2, 10);
        }
    }

    private void least(String name, @Nullable Duration value, Duration from) {
        if (value != null) {
            this.limits.range(SETTINGS + "." + name, value, from);
        }
    }

}
