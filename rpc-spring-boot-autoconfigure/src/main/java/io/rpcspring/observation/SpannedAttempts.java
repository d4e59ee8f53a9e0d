package io.rpcspring.observation;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * What only the attempts of a call know: how many there are, where the last one went, and
 * how long the first one had.
 */
final class SpannedAttempts extends ClientStreamTracer.Factory {

    private volatile int number;

    private volatile @Nullable InetSocketAddress peer;

    private volatile long deadlineLeft = -1;

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        Deadline deadline = info.getCallOptions().getDeadline();
        if (this.number == 0 && deadline != null) {
            this.deadlineLeft = deadline.timeRemaining(TimeUnit.MILLISECONDS);
        }
        this.number = Math.max(this.number, 1 + info.getPreviousAttempts());
        return new ClientStreamTracer() {

            @Override
            public void streamCreated(Attributes connection, Metadata headers) {
                if (connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress internet) {
                    SpannedAttempts.this.peer = internet;
                }
            }

        };
    }

    void describe(Observation observation, GrpcClientObservationContext context) {
        observation.highCardinalityKeyValue("rpc.attempts", String.valueOf(this.number));
        if (this.deadlineLeft >= 0) {
            observation.highCardinalityKeyValue("rpc.deadline_left_ms", String.valueOf(this.deadlineLeft));
        }
        InetSocketAddress last = this.peer;
        if (last != null) {
            context.setPeerName(last.getHostString());
            context.setPeerPort(last.getPort());
        }
    }

}
