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
 * Sends the requests of a client's call, until one breaks a rule.
 * <p>
 * A call with one request starts with it: one that is refused never leaves the client,
 * and its listener is told by the thread that sends. A stream is cancelled.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class CheckedCall<Q, R> extends ForwardingClientCall<Q, R> {

    private final ClientCall<Q, R> call;

    private final MethodDescriptor<Q, R> method;

    private final Refusals refusals;

    /** Waits for the one request. Guarded by this for writing. */
    private volatile @Nullable Waiting<R> waiting;

    /** Guarded by this. */
    private int requested;

    private volatile @Nullable CallEnd refused;

    CheckedCall(ClientCall<Q, R> call, MethodDescriptor<Q, R> method, Refusals refusals) {
        this.call = call;
        this.method = method;
        this.refusals = refusals;
    }

    @Override
    protected ClientCall<Q, R> delegate() {
        return this.call;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        if (this.method.getType().clientSendsOneMessage()) {
            this.waiting = new Waiting<>(listener, headers);
        }
        else {
            super.start(new Refusable(listener), headers);
        }
    }

    private synchronized void startNow() {
        Waiting<R> start = this.waiting;
        if (start != null) {
            super.start(new Refusable(start.listener()), start.headers());
            super.request(this.requested);
            this.waiting = null;
        }
    }

    @Override
    public synchronized void request(int messages) {
        if (this.waiting != null) {
            this.requested += messages;
        }
        else {
            super.request(messages);
        }
    }

    @Override
    public void sendMessage(Q message) {
        if (this.refused != null) {
            return;
        }
        CallEnd end = refusal(message);
        if (end == null) {
            startNow();
            super.sendMessage(message);
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

    private synchronized void refuse(CallEnd end) {
        this.refused = end;
        super.cancel("A request is not valid", null);
        Waiting<R> unsent = this.waiting;
        if (unsent != null) {
            unsent.listener().onClose(end.status(), end.trailers());
        }
    }

    @Override
    public void halfClose() {
        if (this.refused == null) {
            startNow();
            super.halfClose();
        }
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        if (this.refused == null) {
            startNow();
            super.cancel(message, cause);
        }
    }

    /** What has not started has room for its one request. */
    @Override
    public boolean isReady() {
        return this.waiting != null || super.isReady();
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        startNow();
        super.setMessageCompression(enabled);
    }

    /**
     * A start that has not happened yet.
     *
     * @param <R> the type of the responses
     * @param listener to be told
     * @param headers to be sent
     */
    private record Waiting<R>(ClientCall.Listener<R> listener, Metadata headers) {
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
