package io.rpcspring.test;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what a channel's calls send and get.
 *
 * @param log keeps it
 */
record ClientRecording(ExchangeLog log) implements ClientInterceptor {

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        Attempts attempts = new Attempts();
        return new SimpleForwardingClientCall<>(next.newCall(method, options.withStreamTracerFactory(attempts))) {

            @Override
            public void start(Listener<R> listener, Metadata headers) {
                RecordedExchange exchange = new RecordedExchange(ClientRecording.this.log, method.getFullMethodName(),
                        headers, left(options), 0);
                attempts.exchange = exchange;
                ClientRecording.this.log.add(exchange);
                super.start(new Answers<>(listener, exchange), headers);
            }

            @Override
            public void sendMessage(Q message) {
                RecordedExchange exchange = attempts.exchange;
                if (exchange != null) {
                    exchange.request(message);
                }
                super.sendMessage(message);
            }

        };
    }

    private static @Nullable Duration left(CallOptions options) {
        return (options.getDeadline() != null)
                ? Duration.ofNanos(options.getDeadline().timeRemaining(TimeUnit.NANOSECONDS)) : null;
    }

    /** Sees each attempt with what interceptors and the channel have added. */
    private static final class Attempts extends ClientStreamTracer.Factory {

        /** Written before the first attempt. */
        private volatile @Nullable RecordedExchange exchange;

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            RecordedExchange attempted = this.exchange;
            if (attempted == null) {
                return new ClientStreamTracer() {
                };
            }
            attempted.attempted(left(info.getCallOptions()));
            return new ClientStreamTracer() {

                @Override
                public void streamCreated(Attributes transport, Metadata complete) {
                    attempted.sent(complete);
                }

            };
        }

    }

    /**
     * Takes down what comes back.
     *
     * @param <R> the type of the responses
     */
    private static final class Answers<R> extends SimpleForwardingClientCallListener<R> {

        private final RecordedExchange exchange;

        Answers(ClientCall.Listener<R> listener, RecordedExchange exchange) {
            super(listener);
            this.exchange = exchange;
        }

        @Override
        public void onMessage(R message) {
            this.exchange.response(message);
            super.onMessage(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            this.exchange.closed(status, trailers);
            super.onClose(status, trailers);
        }

    }

}
