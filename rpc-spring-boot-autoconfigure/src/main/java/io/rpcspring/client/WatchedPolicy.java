package io.rpcspring.client;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.grpc.Attributes;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.grpc.util.GracefulSwitchLoadBalancer;

/**
 * Lets a channel's {@link ConnectionWatch} see each of its connections, whatever policy
 * chooses among them.
 * <p>
 * A policy is the only place where grpc-java tells which server is lost, and why.
 */
public final class WatchedPolicy extends LoadBalancerProvider {

    /** What the resolver gives to the policy along with the addresses. */
    static final Attributes.Key<ConnectionWatch> WATCH = Attributes.Key.create("io.rpcspring.client.watch");

    /** The registry outlives class loaders, each of which has a key of its own. */
    private static final String NAME = "rpc_watched_" + Integer.toHexString(WATCH.hashCode());

    private static final String CHILD = "childPolicy";

    static {
        LoadBalancerRegistry.getDefaultRegistry().register(new WatchedPolicy());
    }

    private WatchedPolicy() {
    }

    /** By which grpc-java finds it. */
    static String name() {
        return NAME;
    }

    /**
     * The policy that a channel has by itself, for who stands before it.
     * @param resolved what the channel's resolver has said
     * @return this, or grpc-java's usual one where nothing is to be watched, as within
     * the JVM
     */
    public static LoadBalancerProvider of(Attributes resolved) {
        LoadBalancerRegistry registry = LoadBalancerRegistry.getDefaultRegistry();
        String name = (resolved.get(WATCH) != null) ? NAME : "pick_first";
        return Objects.requireNonNull(registry.getProvider(name));
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public int getPriority() {
        return 5;
    }

    @Override
    public String getPolicyName() {
        return NAME;
    }

    /**
     * Writes that these policies are to be watched.
     * @param policies as they stand in a service config
     */
    static List<Map<String, ?>> around(List<?> policies) {
        return List.of(Map.of(NAME, Map.of(CHILD, policies)));
    }

    /** Chooses the first of the policies that is there, and reads its settings. */
    static ConfigOrError parse(List<Map<String, ?>> policies) {
        return GracefulSwitchLoadBalancer.parseLoadBalancingPolicyConfig(policies);
    }

    /** The map is one that {@link #around} has written. */
    @Override
    @SuppressWarnings("unchecked")
    public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
        return (config.get(CHILD) instanceof List<?> policies) ? parse((List<Map<String, ?>>) policies)
                : ConfigOrError.fromError(Status.INTERNAL.withDescription("No policy to watch in " + config));
    }

    @Override
    public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
        return new WatchedBalancer(helper);
    }

}
