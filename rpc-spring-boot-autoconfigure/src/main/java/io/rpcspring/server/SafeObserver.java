package io.rpcspring.server;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Lets several threads respond to one call, and forgives what comes after its end.
 * <p>
 * grpc-java's own observer is for one thread at a time and throws at whoever uses it
 * after the end. All else is grpc-java's: which handlers can be set, and until when.
 *
 * @param <R> the type of the responses
 */
final class SafeObserver<R> extends ServerCallStreamObserver<R> {

    private static final Log logger = LogFactory.getLog(SafeObserver.class);

    private final ServerCallStreamObserver<R> observer;

    /** The method of the bean that responds, for the log. */
    private final Supplier<String> user;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private boolean ended;

    /** Guarded by the lock. */
    private boolean complained;

    SafeObserver(ServerCallStreamObserver<R> observer, Supplier<String> user) {
        this.observer = observer;
        this.user = user;
        // grpc-java throws at a late onNext only if the service handles no cancellation.
        observer.setOnCancelHandler(() -> {
        });
    }

    @Override
    public void onNext(R response) {
        this.lock.lock();
        try {
            if (this.ended) {
                complain("onNext");
            }
            else if (this.observer.isCancelled()) {
                noteCancelled();
            }
            else {
                this.observer.onNext(response);
            }
        }
        finally {
            this.lock.unlock();
        }
    }

    @Override
    public void onError(Throwable thrown) {
        end("onError", () -> this.observer.onError(thrown));
    }

    @Override
    public void onCompleted() {
        end("onCompleted", () -> {
            // What was dropped must not be missed: grpc-java warns of a missing response.
            if (this.observer.isCancelled()) {
                this.observer.onError(Status.CANCELLED.asRuntimeException());
            }
            else {
                this.observer.onCompleted();
            }
        });
    }

    private void end(String use, Runnable end) {
        this.lock.lock();
        try {
            if (this.ended) {
                complain(use);
            }
            else {
                this.ended = true;
                end.run();
            }
        }
        finally {
            this.lock.unlock();
        }
    }

    private void complain(String use) {
        if (!this.complained) {
            this.complained = true;
            logger.warn("Ignored: " + use + " after the end of a call, in " + this.user.get());
        }
    }

    /** No mistake of the service's: the client may leave whenever it likes. */
    private void noteCancelled() {
        if (!this.complained && logger.isDebugEnabled()) {
            this.complained = true;
            logger.debug("Ignored: onNext after the client has cancelled the call, in " + this.user.get());
        }
    }

    @Override
    public boolean isReady() {
        return this.observer.isReady();
    }

    @Override
    public boolean isCancelled() {
        return this.observer.isCancelled();
    }

    @Override
    public void request(int count) {
        this.observer.request(count);
    }

    @Override
    public void setMessageCompression(boolean enable) {
        this.observer.setMessageCompression(enable);
    }

    @Override
    public void setCompression(String compression) {
        this.observer.setCompression(compression);
    }

    @Override
    public void setOnReadyThreshold(int bytes) {
        this.observer.setOnReadyThreshold(bytes);
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
        this.observer.setOnReadyHandler(handler);
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
        this.observer.setOnCancelHandler(handler);
    }

    @Override
    public void setOnCloseHandler(Runnable handler) {
        this.observer.setOnCloseHandler(handler);
    }

    @Override
    public void disableAutoRequest() {
        this.observer.disableAutoRequest();
    }

    @Override
    public void disableAutoInboundFlowControl() {
        this.observer.disableAutoInboundFlowControl();
    }

}
