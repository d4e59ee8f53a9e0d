package io.rpcspring.server.observer;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.call.LiveCall;
import io.rpcspring.server.pool.AdmittedCall;

/**
 * One call of a service that observes: what it wants to be told, beside its requests.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
abstract class ObserverCall<Q, R> extends ServerCall.Listener<Q> {

    private final ObserverMethod<Q, R> method;

    private final ServerCall<Q, R> call;

    private final Responses<R> responses;

    private @Nullable Runnable onReady;

    private @Nullable Runnable onCancel;

    private @Nullable Runnable onClose;

    private boolean autoRequest = true;

    /** Whether the service has got the call, after which handlers cannot be set. */
    private boolean frozen;

    ObserverCall(ObserverMethod<Q, R> method, ServerCall<Q, R> call) {
        this.method = method;
        this.call = call;
        this.responses = new Responses<>(call, method, this);
    }

    /** Listens to the call's end. */
    final void listen() {
        LiveCall<?, ?> live = LiveCall.of(this.call);
        if (live != null) {
            live.answeredBy(this.responses);
        }
        else {
            Context.current()
                .addListener((ended) -> this.responses.callEnded(Contexts.statusFromCancelled(ended)), Runnable::run);
        }
    }

    final ObserverMethod<Q, R> method() {
        return this.method;
    }

    final ServerCall<Q, R> call() {
        return this.call;
    }

    final Responses<R> responses() {
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
        this.onReady = handler;
        runsApplication();
    }

    final void setOnCancel(Runnable handler) {
        requireOpen("onCancelHandler");
        this.onCancel = handler;
        runsApplication();
    }

    final void setOnClose(Runnable handler) {
        requireOpen("onCloseHandler");
        this.onClose = handler;
        runsApplication();
    }

    final void disableAutoRequest() {
        requireOpen("auto flow control");
        this.autoRequest = false;
    }

    /** So later events must come on a thread of the pool. */
    private void runsApplication() {
        LiveCall<?, ?> live = LiveCall.of(this.call);
        AdmittedCall run = (live != null) ? live.run() : null;
        if (run != null) {
            run.notQuiet();
        }
    }

    @Override
    public void onReady() {
        if (this.onReady != null) {
            this.onReady.run();
        }
    }

    @Override
    public void onCancel() {
        if (this.onCancel != null) {
            this.onCancel.run();
        }
    }

    /** An end that is not the service's own is a cancellation for it. */
    @Override
    public void onComplete() {
        if (this.responses.over() != null) {
            onCancel();
        }
        else if (this.onClose != null) {
            this.onClose.run();
        }
    }

}
