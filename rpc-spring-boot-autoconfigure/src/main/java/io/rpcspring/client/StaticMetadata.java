package io.rpcspring.client;

import java.util.LinkedHashMap;
import java.util.Map;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Adds headers to each call that does not have them yet.
 *
 * @param headers the values by their keys
 */
record StaticMetadata(Map<Metadata.Key<String>, String> headers) implements ClientInterceptor {

    static StaticMetadata of(Map<String, String> values) {
        Map<Metadata.Key<String>, String> headers = new LinkedHashMap<>();
        values.forEach((name, value) -> headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        return new StaticMetadata(headers);
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

            @Override
            public void start(Listener<R> listener, Metadata metadata) {
                StaticMetadata.this.headers.forEach((key, value) -> {
                    if (!metadata.containsKey(key)) {
                        metadata.put(key, value);
                    }
                });
                super.start(listener, metadata);
            }

        };
    }

}
