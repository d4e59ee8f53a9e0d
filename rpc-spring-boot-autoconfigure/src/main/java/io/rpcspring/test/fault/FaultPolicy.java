package io.rpcspring.test.fault;

import java.util.Objects;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;

/**
 * Puts faults between a channel's retries and its connections.
 * <p>
 * A load balancing policy is the only place that grpc-java offers there: it asks the
 * policy for the server of each attempt.
 */
final class FaultPolicy extends LoadBalancerProvider {

    private static final NameResolver.Args.Key<ClientFaults> FAULTS = NameResolver.Args.Key
        .create("io.rpcspring.test.faults");

    /** The registry outlives class loaders, each of which has a key of its own. */
    private static final String NAME = "rpc_faults_" + Integer.toHexString(FAULTS.hashCode());

    static {
        LoadBalancerRegistry.getDefaultRegistry().register(new FaultPolicy());
    }

    private FaultPolicy() {
    }

    static void addTo(ManagedChannelBuilder<?> builder, ClientFaults faults) {
        builder.setNameResolverArg(FAULTS, faults).defaultLoadBalancingPolicy(NAME);
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

    @Override
    public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
        return new FaultBalancer(helper, Objects.requireNonNull(helper.getNameResolverArgs().getArg(FAULTS)));
    }

}
