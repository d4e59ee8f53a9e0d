package io.rpcspring.server.security;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.springframework.util.ClassUtils;

import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;

/**
 * Servers that ask who calls, and calls of them.
 */
final class Secured {

    static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
            Metadata.ASCII_STRING_MARSHALLER);

    static final Class<?> AUTO_CONFIGURATION = autoConfiguration("RpcSecurity");

    private Secured() {
    }

    static Class<?> autoConfiguration(String name) {
        return ClassUtils.resolveClassName("io.rpcspring.autoconfigure." + name + "AutoConfiguration", null);
    }

    /** Starts a server of beans and classes. */
    static PlacesServer start(Collection<?> beans, String... properties) {
        List<Object> all = new ArrayList<>(beans);
        all.add(autoConfiguration("RpcPropagation"));
        all.add(AUTO_CONFIGURATION);
        return PlacesServer.start(all, properties);
    }

    static Metadata nobody() {
        return new Metadata();
    }

    static Metadata bearer(String token) {
        return authorization("Bearer " + token);
    }

    static Metadata basic(String name, String password) {
        return authorization("Basic "
                + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }

    static Metadata authorization(String... values) {
        Metadata headers = new Metadata();
        Arrays.stream(values).forEach((value) -> headers.put(AUTHORIZATION, value));
        return headers;
    }

    /** The end of a call with an empty request. */
    static <Q> Ended call(Channel channel, MethodDescriptor<Q, ?> method, Metadata headers) {
        return Flood.call(channel, method, List.of(Flood.request(method)), CallOptions.DEFAULT, headers)
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
    }

    /** Code, text and reason in one line. */
    static String line(Ended end) {
        return end.status().getCode() + ": " + end.status().getDescription() + " ("
                + Details.reason(end).replace("rpcspring.io/", "") + ")";
    }

}
