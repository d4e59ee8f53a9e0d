package io.rpcspring.observation;

import java.util.EnumSet;
import java.util.Set;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.call.LiveCall;

/**
 * Ends the observation of one call of the server with the status that its client got.
 *
 * @param <Q> the type of the requests
 */
final class SpannedEvents<Q> extends ForwardingServerCallListener<Q> {

    /** The server's own failures, as OpenTelemetry has them; others are its client's. */
    private static final Set<Status.Code> FAILURES = EnumSet.of(Status.Code.UNKNOWN, Status.Code.DEADLINE_EXCEEDED,
            Status.Code.UNIMPLEMENTED, Status.Code.INTERNAL, Status.Code.UNAVAILABLE, Status.Code.DATA_LOSS);

    private final LiveCall<?, ?> live;

    private final Observation observation;

    private final GrpcServerObservationContext context;

    private final MessageEvents messages;

    private ServerCall.Listener<Q> listener = new ServerCall.Listener<>() {
    };

    SpannedEvents(LiveCall<?, ?> live, Observation observation, GrpcServerObservationContext context,
            MessageEvents messages) {
        this.live = live;
        this.observation = observation;
        this.context = context;
        this.messages = messages;
    }

    <R> ServerCall.Listener<Q> start(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        try {
            this.listener = next.startCall(this.messages.areWanted() ? counted(call) : call, headers);
            return this;
        }
        catch (Throwable ex) {
            end(Status.UNKNOWN.withCause(ex));
            throw ex;
        }
    }

    private <R> ServerCall<Q, R> counted(ServerCall<Q, R> call) {
        return new SimpleForwardingServerCall<>(call) {

            @Override
            public void sendMessage(R message) {
                SpannedEvents.this.messages.sent();
                super.sendMessage(message);
            }

        };
    }

    @Override
    protected ServerCall.Listener<Q> delegate() {
        return this.listener;
    }

    @Override
    public void onMessage(Q message) {
        this.messages.received();
        super.onMessage(message);
    }

    @Override
    public void onComplete() {
        try {
            super.onComplete();
        }
        finally {
            end(this.live.status());
        }
    }

    @Override
    public void onCancel() {
        try {
            super.onCancel();
        }
        finally {
            end(this.live.status());
        }
    }

    private void end(@Nullable Status status) {
        Status known = (status != null) ? status : Status.CANCELLED;
        this.context.setStatusCode(known.getCode());
        this.context.setCancelled(known.getCode() == Status.Code.CANCELLED);
        if (FAILURES.contains(known.getCode())) {
            Throwable cause = known.getCause();
            this.observation.error((cause != null) ? cause : known.asRuntimeException());
        }
        this.observation.stop();
    }

}
