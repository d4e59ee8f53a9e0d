package io.rpcspring.client;

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
        String name = (policy != null) ? policy.getPolicyName() : settings.loadBalancing();
        List<Map<String, ?>> inner = List
            .of(Map.of(name, PolicyConfig.of(settings.loadBalancing(), settings.loadBalancingSettings())));
        if (settings.outlierDetection().enabled()) {
            inner = List.of(around(inner, "outlier_detection", PolicyConfig.of(settings.outlierDetection())));
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

}
