package io.rpcspring.test.fault;

import java.util.concurrent.TimeUnit;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.LoadBalancer;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.client.InProcessNames;

/**
 * A channel's connection to the {@link FaultServer}, made when it is first needed.
 */
final class FaultDoor {

    private static final OwnPolicy<FaultDoor> POLICY = OwnPolicy.register("fault_door", OneConnection::new);

    private final FaultServer server;

    private final String authority;

    private final Runnable whenOpen;

    private volatile LoadBalancer.@Nullable Subchannel open;

    /** Guarded by this. */
    private @Nullable ManagedChannel channel;

    FaultDoor(FaultServer server, String authority, Runnable whenOpen) {
        this.server = server;
        this.authority = authority;
        this.whenOpen = whenOpen;
    }

    /** The connection; null as long as there is none, whose end is told. */
    LoadBalancer.@Nullable Subchannel open() {
        LoadBalancer.Subchannel opened = this.open;
        if (opened == null) {
            connect();
        }
        return opened;
    }

    private synchronized void connect() {
        if (this.channel == null) {
            // It is never idle: its streams are others'.
            this.channel = POLICY
                .addTo(InProcessNames.builder(this.server.name()).overrideAuthority(this.authority), this)
                .idleTimeout(Integer.MAX_VALUE, TimeUnit.DAYS)
                .directExecutor()
                .build();
            this.channel.getState(true);
        }
    }

    private void connected(LoadBalancer.Subchannel connection, ConnectivityStateInfo state) {
        if (state.getState() == ConnectivityState.READY) {
            this.open = connection;
            this.whenOpen.run();
        }
    }

    synchronized void close() {
        if (this.channel != null) {
            this.channel.shutdown();
        }
    }

    /** Keeps the one connection, and gives it away. */
    private static final class OneConnection extends LoadBalancer {

        private final Helper helper;

        private final FaultDoor door;

        private @Nullable Subchannel connection;

        OneConnection(Helper helper, FaultDoor door) {
            this.helper = helper;
            this.door = door;
        }

        @Override
        public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
            Subchannel created = this.helper
                .createSubchannel(CreateSubchannelArgs.newBuilder().setAddresses(addresses.getAddresses()).build());
            this.connection = created;
            created.start((state) -> this.door.connected(created, state));
            created.requestConnection();
            return Status.OK;
        }

        @Override
        public void handleNameResolutionError(Status error) {
            // Names in this JVM are always found.
        }

        @Override
        public void shutdown() {
            if (this.connection != null) {
                this.connection.shutdown();
            }
        }

    }

}
