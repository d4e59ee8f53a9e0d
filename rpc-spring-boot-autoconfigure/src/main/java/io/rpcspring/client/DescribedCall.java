package io.rpcspring.client;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Counts a call, and has its failure described by its channel.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class DescribedCall<Q, R> extends SimpleForwardingClientCall<Q, R> {

    private static final AtomicIntegerFieldUpdater<DescribedCall<?, ?>> STATE = state();

    private static final int LIVE = 1;

    private static final int ENDED = 2;

    private static final int CANCELLED = 3;

    private final String method;

    private final OpenChannel channel;

    private final @Nullable AttemptFailure attempts;

    private volatile int state;

    DescribedCall(ClientCall<Q, R> call, String method, OpenChannel channel, @Nullable AttemptFailure attempts) {
        super(call);
        this.method = method;
        this.channel = channel;
        this.attempts = attempts;
    }

    @SuppressWarnings({ "unchecked", "rawtypes" }) // a class has no type parameters
    private static AtomicIntegerFieldUpdater<DescribedCall<?, ?>> state() {
        return (AtomicIntegerFieldUpdater) AtomicIntegerFieldUpdater.newUpdater(DescribedCall.class, "state");
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        this.channel.figures().callStarted();
        this.state = LIVE;
        try {
            super.start(new Described(listener), headers);
        }
        catch (RuntimeException | Error ex) {
            end();
            throw ex;
        }
    }

    @Override
    public void sendMessage(Q message) {
        requireNotCancelled();
        super.sendMessage(message);
    }

    @Override
    public void halfClose() {
        requireNotCancelled();
        super.halfClose();
    }

    /**
     * As grpc-java says it, which, while it keeps the call until it knows the servers,
     * says it too late, and to nobody: such a call would never end
     * (<a href="https://github.com/grpc/grpc-java/pull/12737">grpc-java 12737</a>).
     */
    private void requireNotCancelled() {
        if (this.state == CANCELLED) {
            throw new IllegalStateException("call was cancelled");
        }
    }

    /** Who cancels may never ask for the end that grpc-java has for it. */
    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        boolean live = STATE.getAndSet(this, CANCELLED) == LIVE;
        super.cancel(message, cause);
        if (live) {
            this.channel.figures().callEnded();
        }
    }

    private void end() {
        if (STATE.compareAndSet(this, LIVE, ENDED)) {
            this.channel.figures().callEnded();
        }
    }

    /**
     * Passes everything on, and the end with more words.
     */
    private final class Described extends SimpleForwardingClientCallListener<R> {

        Described(Listener<R> listener) {
            super(listener);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end();
            if (status.isOk()) {
                super.onClose(status, trailers);
            }
            else {
                Status failed = DescribedCall.this.channel.failures()
                    .describe(status, DescribedCall.this.method, DescribedCall.this.attempts);
                super.onClose(failed, OwnFailure.describe(failed, trailers));
            }
        }

    }

}
