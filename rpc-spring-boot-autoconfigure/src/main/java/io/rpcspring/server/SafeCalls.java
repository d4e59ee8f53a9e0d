package io.rpcspring.server;

import java.util.concurrent.locks.ReentrantLock;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.rpcspring.server.error.CallFailures;

/**
 * Makes the calls of services that write to a {@code StreamObserver} safe.
 * <p>
 * What several threads send on one call is serialized, what comes after the end of a call
 * is ignored and logged once, and what a service throws is mapped as for every handler.
 * It sits below grpc-java's observers; {@link SafeObserver} sits above them.
 *
 * @param failures maps what services throw
 */
record SafeCalls(CallFailures failures) implements ServerInterceptor {

    private static final Log logger = LogFactory.getLog(SafeCalls.class);

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        SafeCall<Q, R> safe = new SafeCall<>(call, this.failures);
        try {
            return new SafeListener<>(next.startCall(safe, headers), safe);
        }
        catch (Throwable ex) {
            safe.fail(ex);
            return new ServerCall.Listener<>() {
            };
        }
    }

    /**
     * Sends and closes under a lock, and closes once.
     *
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     */
    private static final class SafeCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

        private final CallFailures failures;

        private final ReentrantLock lock = new ReentrantLock();

        /** Guarded by the lock. */
        private boolean headersSent;

        /** Guarded by the lock. */
        private boolean closed;

        /** Guarded by the lock. */
        private boolean complained;

        private SafeCall(ServerCall<Q, R> call, CallFailures failures) {
            super(call);
            this.failures = failures;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            this.lock.lock();
            try {
                // Threads that race for the first message bring headers each.
                if (isOpenFor("headers") && !this.headersSent) {
                    this.headersSent = true;
                    super.sendHeaders(headers);
                }
            }
            finally {
                this.lock.unlock();
            }
        }

        @Override
        public void sendMessage(R message) {
            this.lock.lock();
            try {
                if (isOpenFor("a message")) {
                    super.sendMessage(message);
                }
            }
            finally {
                this.lock.unlock();
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            Throwable cause = status.getCause();
            if (cause != null && isUnmapped(status)) {
                fail(cause);
                return;
            }
            this.lock.lock();
            try {
                if (isOpenFor("a status")) {
                    this.closed = true;
                    super.close(status, trailers);
                }
            }
            finally {
                this.lock.unlock();
            }
        }

        /** What {@code onError} makes of an exception that has no status. */
        private static boolean isUnmapped(Status status) {
            return status.getCode() == Status.Code.UNKNOWN && status.getDescription() == null;
        }

        /** Ends with what the exception is mapped to, unless the service has ended it. */
        private void fail(Throwable thrown) {
            StatusException failure = isCancelled() ? Status.CANCELLED.asException() : map(thrown);
            Metadata trailers = failure.getTrailers();
            this.lock.lock();
            try {
                if (!this.closed) {
                    this.closed = true;
                    super.close(failure.getStatus(), (trailers != null) ? trailers : new Metadata());
                }
            }
            finally {
                this.lock.unlock();
            }
        }

        private StatusException map(Throwable thrown) {
            return this.failures.map(getMethodDescriptor().getFullMethodName(), thrown);
        }

        /** Asked under the lock. */
        private boolean isOpenFor(String what) {
            if (this.closed && !this.complained) {
                this.complained = true;
                logger.warn("Ignored: " + what + " after the end of a call of "
                        + getMethodDescriptor().getFullMethodName());
            }
            return !this.closed;
        }

    }

    /**
     * Maps what a service throws while it gets an event.
     *
     * @param <Q> the type of the requests
     */
    private static final class SafeListener<Q> extends SimpleForwardingServerCallListener<Q> {

        private final SafeCall<Q, ?> call;

        private SafeListener(ServerCall.Listener<Q> listener, SafeCall<Q, ?> call) {
            super(listener);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            try {
                super.onMessage(message);
            }
            catch (Throwable ex) {
                this.call.fail(ex);
            }
        }

        @Override
        public void onHalfClose() {
            mapping(super::onHalfClose);
        }

        @Override
        public void onReady() {
            mapping(super::onReady);
        }

        private void mapping(Runnable event) {
            try {
                event.run();
            }
            catch (Throwable ex) {
                this.call.fail(ex);
            }
        }

    }

}
