package io.rpcspring.server;

import java.util.Collection;
import java.util.concurrent.locks.ReentrantLock;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call in flight, which can be ended from outside.
 */
final class LiveCall extends ServerStreamTracer {

    private static final Context.Key<LiveCall> CURRENT = Context.key("rpc-live-call");

    private final String method;

    /** Where the call is as long as it lives. */
    private final Collection<LiveCall> live;

    private final ReentrantLock lock = new ReentrantLock();

    /** What the call's own context is made from. Written before the call begins. */
    private volatile Context.@Nullable CancellableContext context;

    /** Written before the call is handed to a pool. */
    private volatile @Nullable ServerCall<?, ?> call;

    /** Guarded by the lock. */
    private boolean ended;

    LiveCall(String method, Collection<LiveCall> live) {
        this.method = method;
        this.live = live;
        live.add(this);
    }

    /** The call that this thread works on. */
    static @Nullable LiveCall current() {
        return CURRENT.get();
    }

    String method() {
        return this.method;
    }

    @Override
    public Context filterContext(Context parent) {
        Context.CancellableContext own = parent.withValue(CURRENT, this).withCancellation();
        this.context = own;
        return own;
    }

    @Override
    public void streamClosed(Status status) {
        this.live.remove(this);
    }

    void began(ServerCall<?, ?> begun) {
        this.call = begun;
    }

    /**
     * What the handler gets, so that it does not write while the call is ended from
     * outside, and does not notice afterwards.
     */
    <Q, R> ServerCall<Q, R> guarded(ServerCall<Q, R> unguarded) {
        return new SimpleForwardingServerCall<>(unguarded) {

            @Override
            public void sendHeaders(Metadata headers) {
                unlessEnded(() -> super.sendHeaders(headers));
            }

            @Override
            public void sendMessage(R message) {
                unlessEnded(() -> super.sendMessage(message));
            }

            @Override
            public void close(Status status, Metadata trailers) {
                unlessEnded(() -> super.close(status, trailers));
            }

        };
    }

    /**
     * Tells the client, and then cancels what works on the call.
     * @param status what the client gets
     */
    void end(Status status) {
        ServerCall<?, ?> begun = this.call;
        if (begun != null) {
            unlessEnded(() -> {
                this.ended = true;
                close(begun, status);
            });
        }
        Context.CancellableContext own = this.context;
        if (own != null) {
            own.cancel(status.asException());
        }
    }

    /** Whether it was ended from outside, maybe before it got a thread. */
    boolean isEnded() {
        this.lock.lock();
        try {
            return this.ended;
        }
        finally {
            this.lock.unlock();
        }
    }

    private static void close(ServerCall<?, ?> call, Status status) {
        try {
            call.close(status, new Metadata());
        }
        catch (IllegalStateException ex) {
            // The handler has closed it already.
        }
    }

    private void unlessEnded(Runnable use) {
        this.lock.lock();
        try {
            if (!this.ended) {
                use.run();
            }
        }
        finally {
            this.lock.unlock();
        }
    }

}
