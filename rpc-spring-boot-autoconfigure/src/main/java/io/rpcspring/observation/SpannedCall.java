package io.rpcspring.observation;

import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * Observes one call of a client, from its start to its end. One that its caller cancels
 * has ended so at that moment.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class SpannedCall<Q, R> extends SimpleForwardingClientCall<Q, R> {

    private final GrpcClientObservationContext context = new GrpcClientObservationContext((headers, key, value) -> {
        if (headers != null) {
            Metadata.Key<String> name = Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER);
            headers.discardAll(name);
            headers.put(name, value);
        }
    });

    private final AtomicBoolean live = new AtomicBoolean();

    private final Spans spans;

    private final SpannedAttempts attempts;

    private Observation observation = Observation.NOOP;

    private @Nullable MessageEvents messages;

    SpannedCall(ClientCall<Q, R> call, MethodDescriptor<Q, R> method, Spans spans, SpannedAttempts attempts,
            String authority) {
        super(call);
        this.spans = spans;
        this.attempts = attempts;
        this.context.setServiceName(method.getServiceName());
        this.context.setMethodName(method.getBareMethodName());
        this.context.setFullMethodName(method.getFullMethodName());
        this.context.setMethodType(method.getType());
        this.context.setAuthority(authority);
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        this.context.setCarrier(headers);
        this.context.setHeaders(headers);
        this.observation = this.spans.of(this.context);
        MessageEvents events = this.spans.events(this.observation);
        this.messages = events;
        this.observation.start();
        this.live.set(true);
        try {
            this.observation.scoped(() -> super.start(new Ending<>(listener, this, events), headers));
        }
        catch (Throwable ex) {
            end(Status.fromThrowable(ex));
            throw ex;
        }
    }

    @Override
    public void sendMessage(Q message) {
        if (this.messages != null) {
            this.messages.sent();
        }
        super.sendMessage(message);
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        end(Status.CANCELLED);
        super.cancel(message, cause);
    }

    private void end(Status status) {
        if (this.live.getAndSet(false)) {
            this.context.setStatusCode(status.getCode());
            this.attempts.describe(this.observation, this.context);
            if (!status.isOk()) {
                this.observation.error(status.asRuntimeException());
            }
            this.observation.stop();
        }
    }

    /**
     * Hears of the end before the caller does.
     *
     * @param <R> the type of the responses
     */
    private static final class Ending<R> extends SimpleForwardingClientCallListener<R> {

        private final SpannedCall<?, R> call;

        private final MessageEvents messages;

        private Ending(ClientCall.Listener<R> listener, SpannedCall<?, R> call, MessageEvents messages) {
            super(listener);
            this.call = call;
            this.messages = messages;
        }

        @Override
        public void onMessage(R message) {
            this.messages.received();
            super.onMessage(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            this.call.end(status);
            super.onClose(status, trailers);
        }

    }

}
