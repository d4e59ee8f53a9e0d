package io.rpcspring.observation;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

import io.rpcspring.client.RpcChannels.CallObserver;

/**
 * Observes each call of all channels, with all its attempts, as part of the trace of its
 * caller.
 */
public final class ClientSpans implements CallObserver {

    private final Spans spans;

    /**
     * Observes nothing yet.
     * @param spans makes the observations
     */
    public ClientSpans(Spans spans) {
        this.spans = spans;
    }

    @Override
    public ClientInterceptor of(String channel) {
        return new ClientInterceptor() {

            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options,
                    Channel next) {
                if (!ClientSpans.this.spans.isWanted(method)) {
                    return next.newCall(method, options);
                }
                SpannedAttempts attempts = new SpannedAttempts();
                return new SpannedCall<>(next.newCall(method, options.withStreamTracerFactory(attempts)), method,
                        ClientSpans.this.spans, attempts, next.authority());
            }

        };
    }

}
