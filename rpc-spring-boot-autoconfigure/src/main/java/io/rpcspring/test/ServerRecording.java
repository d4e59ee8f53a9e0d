package io.rpcspring.test;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Takes down what a server gets, also calls that no interceptor sees.
 */
final class ServerRecording extends ServerStreamTracer.Factory implements ServerInterceptor {

    private static final Context.Key<RecordedExchange> EXCHANGE = Context.key("io.rpcspring.test.exchange");

    /** How the names of services begin that come with gRPC itself. */
    private static final String OWN = "grpc.";

    private static final ServerStreamTracer NOTHING = new ServerStreamTracer() {
    };

    private final ExchangeLog log;

    ServerRecording(ExchangeLog log) {
        this.log = log;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        if (method.startsWith(OWN)) {
            return NOTHING;
        }
        RecordedExchange exchange = new RecordedExchange(this.log, method, headers, CallHeaders.timeout(headers),
                CallHeaders.previousAttempts(headers) + 1);
        this.log.add(exchange);
        return new ServerStreamTracer() {

            @Override
            public Context filterContext(Context context) {
                return context.withValue(EXCHANGE, exchange);
            }

            @Override
            public void streamClosed(Status status) {
                exchange.ended(status);
            }

        };
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        RecordedExchange exchange = EXCHANGE.get();
        if (exchange == null) {
            return next.startCall(call, headers);
        }
        return new SimpleForwardingServerCallListener<>(next.startCall(new Recorded<>(call, exchange), headers)) {

            @Override
            public void onMessage(Q message) {
                exchange.request(message);
                super.onMessage(message);
            }

        };
    }

    /**
     * Takes down what is answered.
     *
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     */
    private static final class Recorded<Q, R> extends SimpleForwardingServerCall<Q, R> {

        private final RecordedExchange exchange;

        Recorded(ServerCall<Q, R> call, RecordedExchange exchange) {
            super(call);
            this.exchange = exchange;
        }

        @Override
        public void sendMessage(R message) {
            this.exchange.response(message);
            super.sendMessage(message);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            this.exchange.closed(status, trailers);
            super.close(status, trailers);
        }

    }

}
