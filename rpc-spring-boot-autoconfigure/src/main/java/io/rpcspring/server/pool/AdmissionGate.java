package io.rpcspring.server.pool;

import java.util.function.Predicate;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Keeps calls that are not served away from interceptors and handlers.
 * <p>
 * It is the outermost interceptor: what a pool refuses, and what was cancelled, expired
 * or waited too long before it had a thread, is closed here.
 *
 * @param quiet whether a handler does nothing when a call has ended, so that it need not
 * be told in the pool
 */
record AdmissionGate(Predicate<ServerCallHandler<?, ?>> quiet) implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        PooledCall pooled = PooledCall.current();
        if (pooled == null) {
            requestOne(call);
            return next.startCall(call, headers);
        }
        if (pooled.isDismissed()) {
            return new ServerCall.Listener<>() {
            };
        }
        pooled.started();
        return new Served<>(next.startCall(call, headers), pooled, this.quiet.test(next));
    }

    /** Asks for the one request, and for a second to notice the violation. */
    static void requestOne(ServerCall<?, ?> call) {
        if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            call.request(2);
        }
    }

    /**
     * Tells the pool how far the call is.
     *
     * @param <Q> the type of the requests
     */
    private static final class Served<Q> extends SimpleForwardingServerCallListener<Q> {

        private final PooledCall pooled;

        private final boolean quiet;

        private Served(ServerCall.Listener<Q> listener, PooledCall pooled, boolean quiet) {
            super(listener);
            this.pooled = pooled;
            this.quiet = quiet;
        }

        @Override
        public void onMessage(Q message) {
            if (!this.pooled.isDismissed()) {
                super.onMessage(message);
            }
        }

        @Override
        public void onHalfClose() {
            if (!this.pooled.isDismissed()) {
                this.pooled.requestIsIn(this.quiet);
                super.onHalfClose();
            }
        }

        @Override
        public void onCancel() {
            this.pooled.ended();
            super.onCancel();
        }

        @Override
        public void onComplete() {
            boolean dismissed = this.pooled.isDismissed();
            this.pooled.ended();
            if (dismissed) {
                super.onCancel();
            }
            else {
                super.onComplete();
            }
        }

    }

}
