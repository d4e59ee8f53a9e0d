package io.rpcspring.validation;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ServerCall;

import io.rpcspring.server.call.LastResort;
import io.rpcspring.server.error.CallEnd;

/**
 * Lets the responses of a call leave, until one breaks a rule.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class CheckedResponses<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private final Refusals refusals;

    CheckedResponses(ServerCall<Q, R> call, Refusals refusals) {
        super(call);
        this.refusals = refusals;
    }

    /** Whoever sends hears of it, and cannot make the call end well by not listening. */
    @Override
    public void sendMessage(R message) {
        CallEnd end = (message != null) ? this.refusals.ofResponse(getMethodDescriptor().getFullMethodName(), message)
                : null;
        if (end != null) {
            LastResort.close(delegate(), end);
            throw end.asRuntimeException();
        }
        super.sendMessage(message);
    }

}
