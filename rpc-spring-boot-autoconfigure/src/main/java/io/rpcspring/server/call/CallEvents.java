package io.rpcspring.server.call;

import io.grpc.ServerCall;

import io.rpcspring.server.pool.AdmittedCall;

/**
 * Brings a call its events as long as it lives, and tells the pool how far it is.
 * <p>
 * Once a call has ended, by whomever, its end is the only event that is left: whoever
 * refuses a message is not brought the next one.
 *
 * @param <Q> the type of the requests
 */
final class CallEvents<Q> extends GuardedEvents<Q> {

    private final LiveCall<Q, ?> call;

    private final LiveCalls calls;

    CallEvents(LiveCall<Q, ?> call, LiveCalls calls, ServerCall.Listener<Q> listener) {
        super(listener);
        this.call = call;
        this.calls = calls;
    }

    @Override
    public void onMessage(Q message) {
        ReadableRequests.Unreadable unreadable = ReadableRequests.refusal(message);
        if (unreadable != null) {
            this.call.refuse(unreadable.reason(), unreadable.status());
        }
        else if (!this.call.isEnded()) {
            super.onMessage(message);
        }
    }

    @Override
    public void onHalfClose() {
        if (!this.call.isEnded()) {
            this.call.progress().requestIsIn();
            super.onHalfClose();
        }
    }

    @Override
    public void onReady() {
        if (!this.call.isEnded()) {
            super.onReady();
        }
    }

    @Override
    void failed(Throwable thrown) {
        this.call.fail(thrown);
    }

    @Override
    public void onCancel() {
        tellEnd(false);
    }

    /** Whoever did not end the call by himself hears that it was cancelled. */
    @Override
    public void onComplete() {
        tellEnd(this.call.isAnswered());
    }

    private void tellEnd(boolean completed) {
        this.calls.forget(this.call);
        AdmittedCall run = this.call.run();
        if (run != null) {
            run.ended();
        }
        try {
            if (completed) {
                delegate().onComplete();
            }
            else {
                delegate().onCancel();
            }
        }
        catch (Throwable ex) {
            this.calls.endNotHeard(this.call.method(), ex);
        }
    }

}
