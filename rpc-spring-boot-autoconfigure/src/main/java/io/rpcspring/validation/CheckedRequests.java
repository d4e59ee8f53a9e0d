package io.rpcspring.validation;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.call.LastResort;
import io.rpcspring.server.call.LiveCall;
import io.rpcspring.server.error.CallEnd;

/**
 * Lets the requests of a call through, until one breaks a rule.
 *
 * @param <Q> the type of the requests
 */
final class CheckedRequests<Q> extends SimpleForwardingServerCallListener<Q> {

    private final ServerCall<Q, ?> call;

    private final Refusals refusals;

    private boolean refused;

    CheckedRequests(ServerCall.Listener<Q> listener, ServerCall<Q, ?> call, Refusals refusals) {
        super(listener);
        this.call = call;
        this.refusals = refusals;
    }

    @Override
    public void onMessage(Q message) {
        if (this.refused) {
            return;
        }
        CallEnd end = refusal(message);
        if (end == null) {
            super.onMessage(message);
            return;
        }
        this.refused = true;
        LiveCall<?, ?> live = LiveCall.of(this.call);
        CallEnd mapped = (live != null) ? live.mapped(new InvalidRequestException(end)) : end;
        if (live == null || !live.isMet(mapped::asRuntimeException)) {
            LastResort.close(this.call, mapped);
        }
    }

    /** Whatever comes of a message that cannot be checked, no other is let through. */
    private @Nullable CallEnd refusal(Q message) {
        try {
            return this.refusals.ofRequest(this.call.getMethodDescriptor().getFullMethodName(), message);
        }
        catch (RuntimeException ex) {
            this.refused = true;
            throw ex;
        }
    }

    @Override
    public void onHalfClose() {
        if (!this.refused) {
            super.onHalfClose();
        }
    }

}
