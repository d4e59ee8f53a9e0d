package io.rpcspring.server.security;

import io.grpc.ForwardingServerCallListener;
import io.grpc.ServerCall;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Brings a call its events with who makes it, on threads that do not follow the call.
 *
 * @param <Q> the type of the requests
 */
final class IdentifiedEvents<Q> extends ForwardingServerCallListener<Q> {

    private final ServerCall.Listener<Q> listener;

    private final SecurityContext identity;

    IdentifiedEvents(ServerCall.Listener<Q> listener, SecurityContext identity) {
        this.listener = listener;
        this.identity = identity;
    }

    @Override
    protected ServerCall.Listener<Q> delegate() {
        return this.listener;
    }

    @Override
    public void onMessage(Q message) {
        identified(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
        identified(super::onHalfClose);
    }

    @Override
    public void onReady() {
        identified(super::onReady);
    }

    @Override
    public void onCancel() {
        identified(super::onCancel);
    }

    @Override
    public void onComplete() {
        identified(super::onComplete);
    }

    private void identified(Runnable event) {
        SecurityContext before = SecurityContextHolder.getContext();
        SecurityContextHolder.setContext(this.identity);
        try {
            event.run();
        }
        finally {
            restore(before);
        }
    }

    /** An empty context is none: a thread is left as it was. */
    static void restore(SecurityContext before) {
        if (before.getAuthentication() == null) {
            SecurityContextHolder.clearContext();
        }
        else {
            SecurityContextHolder.setContext(before);
        }
    }

}
