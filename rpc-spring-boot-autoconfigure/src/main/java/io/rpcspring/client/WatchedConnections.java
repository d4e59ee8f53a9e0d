package io.rpcspring.client;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import io.grpc.util.ForwardingSubchannel;

/**
 * Tells a channel's {@link ConnectionWatch} what a policy and its connections do.
 */
final class WatchedConnections extends ForwardingLoadBalancerHelper {

    private final LoadBalancer.Helper helper;

    private final ConnectionWatch watch;

    WatchedConnections(LoadBalancer.Helper helper, ConnectionWatch watch) {
        this.helper = helper;
        this.watch = watch;
    }

    @Override
    protected LoadBalancer.Helper delegate() {
        return this.helper;
    }

    @Override
    public LoadBalancer.Subchannel createSubchannel(LoadBalancer.CreateSubchannelArgs args) {
        return new WatchedServer(super.createSubchannel(args), this.watch);
    }

    @Override
    public void updateBalancingState(ConnectivityState state, LoadBalancer.SubchannelPicker picker) {
        super.updateBalancingState(state, picker);
        this.watch.state(state);
    }

    /**
     * The connection to one server.
     */
    private static final class WatchedServer extends ForwardingSubchannel {

        private final LoadBalancer.Subchannel server;

        private final ConnectionWatch watch;

        WatchedServer(LoadBalancer.Subchannel server, ConnectionWatch watch) {
            this.server = server;
            this.watch = watch;
        }

        @Override
        protected LoadBalancer.Subchannel delegate() {
            return this.server;
        }

        @Override
        public void start(LoadBalancer.SubchannelStateListener listener) {
            super.start((state) -> {
                this.watch.server(this.server, state);
                listener.onSubchannelState(state);
            });
        }

        @Override
        public void shutdown() {
            super.shutdown();
            this.watch.left(this.server);
        }

    }

}
