package io.rpcspring.server.observer;

import java.util.Objects;

import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * A call of a method that observes its requests.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class ManyRequestsCall<Q, R> extends ObserverCall<Q, R> {

    /** The service's own; null if it has thrown instead. */
    private @Nullable StreamObserver<Q> requests;

    /** Whether the service has been told of the end of the requests, good or bad. */
    private boolean told;

    ManyRequestsCall(ObserverMethod<Q, R> method, ServerCall<Q, R> call) {
        super(method, call);
    }

    /** Tells the service of the call. */
    void start() {
        try {
            this.requests = Objects.requireNonNull(method().observe(responses()),
                    () -> method().describe() + " returned null");
            freeze();
        }
        catch (Throwable ex) {
            responses().thrown(ex);
        }
        if (isAutoRequest()) {
            call().request(1);
        }
    }

    @Override
    public void onMessage(Q message) {
        if (this.requests == null) {
            return;
        }
        try {
            this.requests.onNext(message);
        }
        catch (Throwable ex) {
            responses().thrown(ex);
        }
        if (isAutoRequest()) {
            call().request(1);
        }
    }

    @Override
    public void onHalfClose() {
        this.told = true;
        if (this.requests != null) {
            try {
                this.requests.onCompleted();
            }
            catch (Throwable ex) {
                responses().thrown(ex);
            }
        }
    }

    @Override
    public void onCancel() {
        super.onCancel();
        if (this.requests != null && !this.told) {
            this.told = true;
            this.requests.onError(how().asRuntimeException());
        }
    }

    private Status how() {
        Status how = responses().over();
        return (how == null || how.getCode() == Status.Code.CANCELLED)
                ? Status.CANCELLED.withDescription("client cancelled") : how;
    }

}
