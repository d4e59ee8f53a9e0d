package io.rpcspring.server.call;

import io.grpc.ForwardingServerCallListener;
import io.grpc.ServerCall;

/**
 * Brings events to a listener that may throw at each of them but the last.
 *
 * @param <Q> the type of the requests
 */
abstract class GuardedEvents<Q> extends ForwardingServerCallListener<Q> {

    private final ServerCall.Listener<Q> listener;

    GuardedEvents(ServerCall.Listener<Q> listener) {
        this.listener = listener;
    }

    @Override
    protected final ServerCall.Listener<Q> delegate() {
        return this.listener;
    }

    @Override
    public void onMessage(Q message) {
        try {
            this.listener.onMessage(message);
        }
        catch (Throwable ex) {
            failed(ex);
        }
    }

    @Override
    public void onHalfClose() {
        try {
            this.listener.onHalfClose();
        }
        catch (Throwable ex) {
            failed(ex);
        }
    }

    @Override
    public void onReady() {
        try {
            this.listener.onReady();
        }
        catch (Throwable ex) {
            failed(ex);
        }
    }

    /** The listener has thrown this. */
    abstract void failed(Throwable thrown);

}
