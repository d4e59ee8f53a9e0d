package io.rpcspring.client;

import java.util.List;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver.Listener2;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.StatusOr;

import io.rpcspring.RpcErrorReason;

/**
 * Sees what the names of a channel's targets resolve to, on the way to grpc-java.
 *
 * @param connections what watches the servers
 * @param idle is told which servers there are
 */
record ResolutionWatch(ConnectionWatch connections, IdleServers idle) {

    /** One name was resolved, or could not be. */
    void answered(StatusOr<List<EquivalentAddressGroup>> answer) {
        if (answer.hasValue()) {
            this.connections.resolved();
        }
        else {
            this.connections.unresolved(answer.getStatus());
        }
    }

    /** Tells grpc-java which servers the channel has, and who watches them. */
    Status tell(ResolutionResult result, Listener2 listener) {
        StatusOr<List<EquivalentAddressGroup>> servers = result.getAddressesOrError();
        if (servers.hasValue()) {
            this.connections.found(servers.getValue());
            this.idle.among(servers.getValue());
        }
        else {
            servers = StatusOr.fromStatus(OwnFailure.mark(servers.getStatus(), RpcErrorReason.NO_ADDRESS));
        }
        return listener.onResult2(result.toBuilder()
            .setAddressesOrError(servers)
            .setAttributes(result.getAttributes().toBuilder().set(WatchedPolicy.WATCH, this.connections).build())
            .build());
    }

    Status tell(StatusOr<List<EquivalentAddressGroup>> servers, Listener2 listener) {
        return tell(ResolutionResult.newBuilder().setAddressesOrError(servers).build(), listener);
    }

}
