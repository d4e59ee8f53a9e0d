package io.rpcspring.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
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
 * Adds headers to each call that does not have them yet, and brings no credentials that
 * make them.
 *
 * @param headers the values by their keys
 */
record StaticMetadata(Map<Metadata.Key<String>, String> headers) implements ClientInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");

    static StaticMetadata of(ChannelSettings settings) {
        Map<Metadata.Key<String>, String> headers = new LinkedHashMap<>();
        settings.metadata().forEach((name, value) -> headers.put(key(name), value));
        ChannelSettings.Basic basic = settings.basic();
        if (basic.isOn()) {
            byte[] both = (basic.username() + ":" + basic.password()).getBytes(StandardCharsets.UTF_8);
            headers.put(AUTHORIZATION, "Basic " + Base64.getEncoder().encodeToString(both));
        }
        if (settings.bearer() != null) {
            headers.put(AUTHORIZATION, "Bearer " + settings.bearer());
        }
        return new StaticMetadata(headers);
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        boolean authorized = options.getCredentials() != null;
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

            @Override
            public void start(Listener<R> listener, Metadata metadata) {
                StaticMetadata.this.headers.forEach((key, value) -> {
                    if (!metadata.containsKey(key) && !(authorized && key.equals(AUTHORIZATION))) {
                        metadata.put(key, value);
                    }
                });
                super.start(listener, metadata);
            }

        };
    }

}
