package io.rpcspring.client;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.rpcspring.words.SettingsTree;

/**
 * What a load-balancing policy can be told. Each setting belongs to one policy; what is
 * not set is as grpc-java has it.
 *
 * @param shuffleAddressList Of pick_first: whether each client tries the addresses in an
 * order of its own. grpc-java's default is false.
 * @param blackoutPeriod Of weighted_round_robin: how long a server must have reported its
 * load before its weight counts. grpc-java's default is 10s.
 * @param weightExpirationPeriod Of weighted_round_robin: how long a weight counts without
 * a new report. grpc-java's default is 3m.
 * @param weightUpdatePeriod Of weighted_round_robin: how often weights are reckoned anew.
 * grpc-java's default is 1s.
 * @param enableOobLoadReport Of weighted_round_robin: whether servers report on a stream
 * of its own instead of with each response. grpc-java's default is false.
 * @param oobReportingPeriod Of weighted_round_robin: how often they then report.
 * grpc-java's default is 10s.
 * @param errorUtilizationPenalty Of weighted_round_robin: how much failed calls lower the
 * weight of a server. grpc-java's default is 1.
 * @param choiceCount Of least_request: among how many servers, picked at random, the one
 * with the fewest calls in flight is found. grpc-java's default is 2.
 */
public record LoadBalancingSettings(@Nullable Boolean shuffleAddressList, @Nullable Duration blackoutPeriod,
        @Nullable Duration weightExpirationPeriod, @Nullable Duration weightUpdatePeriod,
        @Nullable Boolean enableOobLoadReport, @Nullable Duration oobReportingPeriod,
        @Nullable Double errorUtilizationPenalty, @Nullable Integer choiceCount) {

    /**
     * The settings that a policy has.
     * @param policy by the name that users write
     * @return their property names; none if the policy has none
     */
    public static List<String> of(String policy) {
        return switch (policy) {
            case "pick_first" -> List.of("shuffle-address-list");
            case "weighted_round_robin" ->
                List.of("blackout-period", "weight-expiration-period", "weight-update-period", "enable-oob-load-report",
                        "oob-reporting-period", "error-utilization-penalty");
            case "least_request" -> List.of("choice-count");
            default -> List.of();
        };
    }

    /**
     * The settings that are set.
     * @return their property names
     */
    public List<String> names() {
        return List.copyOf(SettingsTree.of(this).keySet());
    }

}
