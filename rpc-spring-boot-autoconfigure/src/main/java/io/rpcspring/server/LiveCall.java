package io.rpcspring.server;

import io.grpc.Context;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call in flight, which can be ended from outside.
 * <p>
 * It stands between grpc-java's call and whoever answers it, so that nobody writes while
 * the call is ended from outside, or notices afterwards.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class LiveCall<Q, R> extends ForwardingServerCall<Q, R> {

    private final ServerCall<Q, R> call;

    /** What the call's handler runs in. */
    private final Context.@Nullable CancellableContext context;

    /** Whether it was ended from outside. Written under the lock of this. */
    private volatile boolean ended;

    /**
     * A call whose context is the current one, as grpc-java makes it for each.
     * @param call grpc-java's own
     */
    LiveCall(ServerCall<Q, R> call) {
        this.call = call;
        this.context = (Context.current() instanceof Context.CancellableContext own) ? own : null;
    }

    @Override
    protected ServerCall<Q, R> delegate() {
        return this.call;
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
        return this.call.getMethodDescriptor();
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
        if (!this.ended) {
            super.sendHeaders(headers);
        }
    }

    @Override
    public synchronized void sendMessage(R message) {
        if (!this.ended) {
            this.call.sendMessage(message);
        }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
        if (!this.ended) {
            super.close(status, trailers);
        }
    }

    /** Whether it was ended from outside, maybe before it got a thread. */
    boolean isEnded() {
        return this.ended;
    }

    /**
     * Tells the client that the call is over, and nobody else.
     * @param status what the client gets
     */
    synchronized void refuse(Status status) {
        if (this.ended) {
            return;
        }
        this.ended = true;
        try {
            this.call.close(status, new Metadata());
        }
        catch (IllegalStateException ex) {
            // The handler has closed it already.
        }
    }

    /**
     * Tells the client, and then cancels what works on the call.
     * @param status what the client gets
     */
    void end(Status status) {
        refuse(status);
        if (this.context != null) {
            this.context.cancel(status.asException());
        }
    }

}
