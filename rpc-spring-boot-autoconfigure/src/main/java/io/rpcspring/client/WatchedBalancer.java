package io.rpcspring.client;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.util.GracefulSwitchLoadBalancer;
import org.jspecify.annotations.Nullable;

/**
 * Does what the chosen policy does, and shows its connections to who watches them.
 * <p>
 * Addresses say which policy is chosen: that of the name service, or else the channel's.
 */
final class WatchedBalancer extends LoadBalancer {

    private final Helper helper;

    private @Nullable ConnectionWatch watch;

    private @Nullable LoadBalancer chosen;

    WatchedBalancer(Helper helper) {
        this.helper = helper;
    }

    @Override
    public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
        ConnectionWatch found = addresses.getAttributes().get(WatchedPolicy.WATCH);
        LoadBalancer balancer = this.chosen;
        if (balancer == null) {
            this.watch = found;
            balancer = new GracefulSwitchLoadBalancer(new WatchedConnections(this.helper, found));
            this.chosen = balancer;
        }
        Object asked = addresses.getLoadBalancingPolicyConfig();
        return balancer.acceptResolvedAddresses((asked != null) ? addresses
                : addresses.toBuilder().setLoadBalancingPolicyConfig(found.policies()).build());
    }

    @Override
    public void handleNameResolutionError(Status error) {
        if (this.chosen != null) {
            this.chosen.handleNameResolutionError(error);
        }
        else {
            this.helper.updateBalancingState(ConnectivityState.TRANSIENT_FAILURE,
                    new FixedResultPicker(PickResult.withError(error)));
        }
    }

    @Override
    public void requestConnection() {
        if (this.chosen != null) {
            this.chosen.requestConnection();
        }
    }

    @Override
    public void shutdown() {
        if (this.chosen != null && this.watch != null) {
            this.chosen.shutdown();
            this.watch.ended();
        }
    }

}
