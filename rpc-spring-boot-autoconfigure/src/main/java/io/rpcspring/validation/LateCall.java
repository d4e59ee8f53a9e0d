package io.rpcspring.validation;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.error.CallEnd;

/**
 * Starts a call that has one request with it, so that a refused one never leaves the
 * client.
 * <p>
 * Its listener is then told by the thread that sends.
 *
 * @param <Q> the type of the request
 * @param <R> the type of the responses
 */
final class LateCall<Q, R> extends CheckedCall<Q, R> {

    /** The start that has not happened yet. Guarded by this for writing. */
    private volatile @Nullable Waiting<R> waiting;

    /** Guarded by this. */
    private int requested;

    LateCall(ClientCall<Q, R> call, MethodDescriptor<Q, R> method, Refusals refusals) {
        super(call, method, refusals);
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        this.waiting = new Waiting<>(listener, headers);
    }

    private synchronized void startNow() {
        Waiting<R> start = this.waiting;
        if (start != null) {
            super.start(start.listener(), start.headers());
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
    void pass(Q message) {
        startNow();
        super.pass(message);
    }

    @Override
    synchronized void refuse(CallEnd end) {
        super.refuse(end);
        Waiting<R> unsent = this.waiting;
        if (unsent != null) {
            unsent.listener().onClose(end.status(), end.trailers());
        }
    }

    @Override
    public void halfClose() {
        if (!isRefused()) {
            startNow();
        }
        super.halfClose();
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        if (!isRefused()) {
            startNow();
        }
        super.cancel(message, cause);
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

}
