package io.rpcspring.server.observer;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.call.LastResort;
import io.rpcspring.server.call.LiveCall;
import io.rpcspring.server.call.LiveCall.CallHandler;

/**
 * Takes the responses of a service: lets several threads respond to one call, and
 * forgives what comes after its end.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class Responses<Q, R> extends ResponseSettings<Q, R> implements CallHandler {

    private static final Log logger = LogFactory.getLog(Responses.class);

    private final ObserverMethod<Q, R> method;

    /** Whether the service has ended the call. Written under the lock. */
    private volatile boolean ended;

    /** How somebody else has ended it. */
    private volatile @Nullable Status over;

    /** Guarded by the lock. */
    private boolean headersSent;

    /** Guarded by the lock. */
    private boolean complained;

    Responses(ServerCall<Q, R> call, ObserverMethod<Q, R> method, ObserverCall<Q, R> handlers) {
        super(call, handlers);
        this.method = method;
    }

    /**
     * Held while something is sent, so that one thread at a time uses interceptors; the
     * call itself where there are none, which locks itself, too.
     */
    private Object lock() {
        return (call() instanceof LiveCall<?, ?> live) ? live : handlers();
    }

    ObserverMethod<Q, R> method() {
        return this.method;
    }

    @Override
    public void onNext(R response) {
        if (response == null) {
            throw new NullPointerException("null was sent by " + this.method.describe());
        }
        synchronized (lock()) {
            if (this.ended) {
                complain("onNext");
            }
            else if (isCancelled()) {
                noteCancelled();
            }
            else {
                if (!this.headersSent) {
                    this.headersSent = true;
                    call().sendHeaders(new Metadata());
                }
                call().sendMessage(response);
            }
        }
    }

    @Override
    public void onError(Throwable thrown) {
        if (endsNow("onError") && !isCancelled()) {
            fail(thrown);
        }
    }

    @Override
    public void onCompleted() {
        if (endsNow("onCompleted") && !isCancelled()) {
            try {
                call().close(Status.OK, new Metadata());
            }
            catch (Throwable ex) {
                // An interceptor does not let the end through.
                LastResort.fail(call(), ex);
            }
        }
    }

    private boolean endsNow(String use) {
        synchronized (lock()) {
            if (this.ended) {
                complain(use);
                return false;
            }
            this.ended = true;
            return true;
        }
    }

    /** What the service's method has thrown, whether it had ended the call or not. */
    void thrown(Throwable thrown) {
        if (!isCancelled() && !LiveCall.isEndedBy(call(), thrown)) {
            this.ended = true;
            fail(thrown);
        }
    }

    private void fail(Throwable thrown) {
        LiveCall<?, ?> live = LiveCall.of(call());
        if (live == null || !live.isEndedByOthers()) {
            LastResort.close(call(), this.method.failures().map(LiveCall.contextOf(call()), thrown));
        }
    }

    private void complain(String use) {
        LiveCall<?, ?> live = LiveCall.of(call());
        if (live != null) {
            live.ignored(use + " after the end of a call, in " + this.method.describe());
        }
    }

    /** No mistake of the service's: the client may leave whenever it likes. */
    private void noteCancelled() {
        if (!this.complained && logger.isDebugEnabled()) {
            this.complained = true;
            logger.debug("Ignored: onNext after the client has cancelled the call, in " + this.method.describe());
        }
    }

    @Override
    public void callEnded(Status status) {
        if (!this.ended) {
            this.over = status;
        }
    }

    /** How somebody else has ended the call; null if nobody has. */
    @Nullable Status over() {
        return this.over;
    }

    @Override
    public boolean isCancelled() {
        return this.over != null || call().isCancelled();
    }

}
