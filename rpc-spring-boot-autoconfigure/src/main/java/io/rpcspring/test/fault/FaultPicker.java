package io.rpcspring.test.fault;

import java.net.ConnectException;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Sends attempts to which something happens to the {@link FaultServer}.
 */
final class FaultPicker extends SubchannelPicker {

    private final SubchannelPicker picker;

    private final ClientFaults faults;

    private final FaultDoor door;

    FaultPicker(SubchannelPicker picker, ClientFaults faults, FaultDoor door) {
        this.picker = picker;
        this.faults = faults;
        this.door = door;
    }

    @Override
    public PickResult pickSubchannel(PickSubchannelArgs args) {
        FaultyAttempt attempt = this.faults.of(args);
        if (attempt.plan().isNone()) {
            return this.picker.pickSubchannel(args);
        }
        if (attempt.isUnavailable()) {
            return PickResult.withError(Status.UNAVAILABLE.withDescription("io exception")
                .withCause(new ConnectException("Connection refused" + FaultEnd.MARK)));
        }
        Subchannel elsewhere = this.door.open();
        if (elsewhere == null) {
            return PickResult.withNoResult();
        }
        if (attempt.needsServer()) {
            PickResult server = this.picker.pickSubchannel(args);
            if (server.getSubchannel() == null) {
                return server;
            }
            attempt.goesTo(server);
        }
        Metadata headers = args.getHeaders();
        headers.discardAll(FaultServer.TICKET);
        headers.put(FaultServer.TICKET, this.faults.server().ticket(attempt));
        return PickResult.withSubchannel(elsewhere);
    }

}
