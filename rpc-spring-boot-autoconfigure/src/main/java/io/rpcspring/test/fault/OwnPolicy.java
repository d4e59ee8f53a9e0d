package io.rpcspring.test.fault;

import java.util.Objects;
import java.util.function.BiFunction;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;

/**
 * A load balancing policy that gets from its channel what it works with.
 * <p>
 * A policy is the only place that grpc-java offers between a channel's retries and its
 * connections: it is asked for the server of each attempt.
 *
 * @param <T> what it works with
 */
final class OwnPolicy<T> extends LoadBalancerProvider {

    private final NameResolver.Args.Key<T> key;

    private final String name;

    private final BiFunction<LoadBalancer.Helper, T, LoadBalancer> made;

    private OwnPolicy(String name, BiFunction<LoadBalancer.Helper, T, LoadBalancer> made) {
        this.key = NameResolver.Args.Key.create("io.rpcspring.test." + name);
        // The registry outlives class loaders, each of which has a key of its own.
        this.name = "rpc_" + name + "_" + Integer.toHexString(this.key.hashCode());
        this.made = made;
    }

    static <T> OwnPolicy<T> register(String name, BiFunction<LoadBalancer.Helper, T, LoadBalancer> made) {
        OwnPolicy<T> policy = new OwnPolicy<>(name, made);
        LoadBalancerRegistry.getDefaultRegistry().register(policy);
        return policy;
    }

    <B extends ManagedChannelBuilder<?>> B addTo(B builder, T with) {
        builder.setNameResolverArg(this.key, with).defaultLoadBalancingPolicy(this.name);
        return builder;
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
        return this.name;
    }

    @Override
    public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
        return this.made.apply(helper, Objects.requireNonNull(helper.getNameResolverArgs().getArg(this.key)));
    }

}
