package io.rpcspring.validation;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcErrorReason;
import io.rpcspring.server.error.CallEnd;

/**
 * Sends the requests of a client's call, until one breaks a rule and cancels it.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
class CheckedCall<Q, R> extends ForwardingClientCall<Q, R> {

    private final ClientCall<Q, R> call;

    private final MethodDescriptor<Q, R> method;

    private final Refusals refusals;

    private volatile @Nullable CallEnd refused;

    CheckedCall(ClientCall<Q, R> call, MethodDescriptor<Q, R> method, Refusals refusals) {
        this.call = call;
        this.method = method;
        this.refusals = refusals;
    }

    static <Q, R> ClientCall<Q, R> of(ClientCall<Q, R> call, MethodDescriptor<Q, R> method, Refusals refusals) {
        return method.getType().clientSendsOneMessage() ? new LateCall<>(call, method, refusals)
                : new CheckedCall<>(call, method, refusals);
    }

    @Override
    protected ClientCall<Q, R> delegate() {
        return this.call;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        super.start(new Refusable(listener), headers);
    }

    @Override
    public void sendMessage(Q message) {
        if (isRefused()) {
            return;
        }
        CallEnd end = refusal(message);
        if (end == null) {
            pass(message);
        }
        else {
            refuse(end);
        }
    }

    private @Nullable CallEnd refusal(Q message) {
        try {
            return this.refusals.ofRequest(this.method.getFullMethodName(), message);
        }
        catch (IllegalStateException ex) {
            return this.refusals.statuses().of(RpcErrorReason.FAILED, Status.INTERNAL.withDescription(ex.getMessage()));
        }
    }

    void pass(Q message) {
        super.sendMessage(message);
    }

    void refuse(CallEnd end) {
        this.refused = end;
        super.cancel("A request is not valid", null);
    }

    final boolean isRefused() {
        return this.refused != null;
    }

    @Override
    public void halfClose() {
        if (!isRefused()) {
            super.halfClose();
        }
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        if (!isRefused()) {
            super.cancel(message, cause);
        }
    }

    /** Is told why a call was cancelled here. */
    private final class Refusable extends SimpleForwardingClientCallListener<R> {

        private Refusable(ClientCall.Listener<R> listener) {
            super(listener);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            CallEnd end = CheckedCall.this.refused;
            super.onClose((end != null) ? end.status() : status, (end != null) ? end.trailers() : trailers);
        }

    }

}
