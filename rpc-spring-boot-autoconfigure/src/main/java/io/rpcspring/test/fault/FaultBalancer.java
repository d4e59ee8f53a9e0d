package io.rpcspring.test.fault;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.util.ForwardingLoadBalancerHelper;
import org.jspecify.annotations.Nullable;

import io.rpcspring.client.WatchedPolicy;

/**
 * Does what the channel's own policy does, but for attempts to which something happens.
 * <p>
 * Runs in the channel's synchronization context, if not said otherwise.
 */
final class FaultBalancer extends LoadBalancer {

    private final Helper helper;

    private final ClientFaults faults;

    private final FaultDoor door;

    /** The same object each time, to be removed by. */
    private final Runnable listener = this::faultEnded;

    /** The channel's own, once its addresses are known. */
    private @Nullable LoadBalancer own;

    private ConnectivityState state = ConnectivityState.CONNECTING;

    private @Nullable SubchannelPicker picker;

    FaultBalancer(Helper helper, ClientFaults faults) {
        this.helper = helper;
        this.faults = faults;
        this.door = new FaultDoor(faults.server(), helper.getAuthority(), () -> context(this::publish));
        faults.book().addListener(this.listener);
    }

    private void context(Runnable task) {
        this.helper.getSynchronizationContext().execute(task);
    }

    @Override
    public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
        LoadBalancer balancer = this.own;
        if (balancer == null) {
            balancer = WatchedPolicy.of(addresses.getAttributes()).newLoadBalancer(new OwnView());
            this.own = balancer;
        }
        return balancer.acceptResolvedAddresses(addresses);
    }

    @Override
    public void handleNameResolutionError(Status error) {
        if (this.own != null) {
            this.own.handleNameResolutionError(error);
        }
        else {
            publish(ConnectivityState.TRANSIENT_FAILURE, new FixedResultPicker(PickResult.withError(error)));
        }
    }

    private void publish(ConnectivityState newState, SubchannelPicker newPicker) {
        this.state = newState;
        this.picker = newPicker;
        publish();
    }

    /** A picker that is given again makes grpc-java ask about all attempts that wait. */
    private void publish() {
        if (this.picker != null) {
            this.helper.updateBalancingState(this.state, new FaultPicker(this.picker, this.faults, this.door));
        }
    }

    /** Called on any thread. */
    private void faultEnded() {
        context(() -> {
            this.faults.lookAgain();
            publish();
        });
    }

    @Override
    public void requestConnection() {
        if (this.own != null) {
            this.own.requestConnection();
        }
    }

    @Override
    public void shutdown() {
        this.faults.book().removeListener(this.listener);
        this.picker = null;
        this.door.close();
        if (this.own != null) {
            this.own.shutdown();
        }
    }

    /** What the channel's own policy knows of the channel. */
    private final class OwnView extends ForwardingLoadBalancerHelper {

        @Override
        protected Helper delegate() {
            return FaultBalancer.this.helper;
        }

        @Override
        public void updateBalancingState(ConnectivityState newState, SubchannelPicker newPicker) {
            publish(newState, newPicker);
        }

    }

}
