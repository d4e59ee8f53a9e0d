package io.rpcspring.server.observer;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.call.LiveCall;

/**
 * One call of a service that observes: what it wants to be told, beside its requests.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
abstract class ObserverCall<Q, R> extends ServerCall.Listener<Q> {

    private final Responses<Q, R> responses;

    /** What the service wants to be told; null if nothing. */
    private @Nullable ServiceHandlers handlers;

    private boolean autoRequest = true;

    /** Whether the service has got the call, after which handlers cannot be set. */
    private boolean frozen;

    ObserverCall(ObserverMethod<Q, R> method, ServerCall<Q, R> call) {
        this.responses = new Responses<>(call, method, this);
    }

    /** Listens to the call's end. */
    final void listen() {
        LiveCall<?, ?> live = LiveCall.of(call());
        if (live != null) {
            live.answeredBy(this.responses);
        }
        else {
            Context.current()
                .addListener((ended) -> this.responses.callEnded(Contexts.statusFromCancelled(ended)), Runnable::run);
        }
    }

    final ObserverMethod<Q, R> method() {
        return this.responses.method();
    }

    final ServerCall<Q, R> call() {
        return this.responses.call();
    }

    final Responses<Q, R> responses() {
        return this.responses;
    }

    final boolean isAutoRequest() {
        return this.autoRequest;
    }

    final void freeze() {
        this.frozen = true;
    }

    final void requireOpen(String what) {
        if (this.frozen) {
            throw new IllegalStateException("Cannot alter " + what + " after initialization. May only be called "
                    + "during the initial call to the application, before the service returns its StreamObserver");
        }
    }

    final void setOnReady(Runnable handler) {
        requireOpen("onReadyHandler");
        handlers().setOnReady(handler);
    }

    final void setOnCancel(Runnable handler) {
        requireOpen("onCancelHandler");
        handlers().setOnCancel(handler);
    }

    final void setOnClose(Runnable handler) {
        requireOpen("onCloseHandler");
        handlers().setOnClose(handler);
    }

    final void disableAutoRequest() {
        requireOpen("auto flow control");
        this.autoRequest = false;
    }

    /** So later events must come on a thread of the pool. */
    private ServiceHandlers handlers() {
        ServiceHandlers own = this.handlers;
        if (own == null) {
            own = new ServiceHandlers();
            this.handlers = own;
            LiveCall<?, ?> live = LiveCall.of(call());
            if (live != null) {
                live.progress().notQuiet();
            }
        }
        return own;
    }

    @Override
    public void onReady() {
        if (this.handlers != null) {
            this.handlers.onReady();
        }
    }

    @Override
    public void onCancel() {
        if (this.handlers != null) {
            this.handlers.onCancel();
        }
    }

    /** An end that is not the service's own is a cancellation for it. */
    @Override
    public void onComplete() {
        if (this.responses.over() != null) {
            onCancel();
        }
        else if (this.handlers != null) {
            this.handlers.onClose();
        }
    }

}
