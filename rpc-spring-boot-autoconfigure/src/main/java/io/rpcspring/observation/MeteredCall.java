package io.rpcspring.observation;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Counts one call of a client when it ends.
 * <p>
 * One that its caller cancels has ended so at that moment: a caller that goes away may
 * never ask for the end that grpc-java has for it.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class MeteredCall<Q, R> extends SimpleForwardingClientCall<Q, R> {

    private static final AtomicIntegerFieldUpdater<MeteredCall<?, ?>> LIVE = live();

    private final MethodMeters meters;

    private long start;

    /** 1 from the start to the end. */
    private volatile int live;

    MeteredCall(ClientCall<Q, R> call, MethodMeters meters) {
        super(call);
        this.meters = meters;
    }

    @SuppressWarnings({ "unchecked", "rawtypes" }) // a class has no type parameters
    private static AtomicIntegerFieldUpdater<MeteredCall<?, ?>> live() {
        return (AtomicIntegerFieldUpdater) AtomicIntegerFieldUpdater.newUpdater(MeteredCall.class, "live");
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        this.start = System.nanoTime();
        this.meters.began();
        this.live = 1;
        try {
            super.start(new Ending<>(listener, this), headers);
        }
        catch (Throwable ex) {
            end(Status.fromThrowable(ex));
            throw ex;
        }
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        end(Status.CANCELLED);
        super.cancel(message, cause);
    }

    private void end(Status status) {
        if (this.live == 1 && LIVE.compareAndSet(this, 1, 0)) {
            this.meters.ended(status.getCode(), System.nanoTime() - this.start);
        }
    }

    /**
     * Hears of the end before the caller does.
     *
     * @param <R> the type of the responses
     */
    private static final class Ending<R> extends SimpleForwardingClientCallListener<R> {

        private final MeteredCall<?, R> call;

        private Ending(ClientCall.Listener<R> listener, MeteredCall<?, R> call) {
            super(listener);
            this.call = call;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            this.call.end(status);
            super.onClose(status, trailers);
        }

    }

}
