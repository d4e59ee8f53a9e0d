package io.rpcspring.server.security;

import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;

import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.SharedServer;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever may not call has not even his request read.
 */
class RefusedRequestTests {

    private static final Metadata.Key<String> KEY = Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER);

    private static final AtomicInteger parsed = new AtomicInteger();

    private static final List<String> threads = new CopyOnWriteArrayList<>();

    @RegisterExtension
    static final SharedServer SHARED = new SharedServer();

    @BeforeAll
    static void start() {
        SHARED.start(List.of(CountedPlaces.class, Keys.class, Secured.AUTO_CONFIGURATION));
    }

    @BeforeEach
    void nothingWasParsed() {
        parsed.set(0);
        threads.clear();
    }

    private static List<Ended> calls(String key) {
        return Flood.ends(IntStream.range(0, 200).<CompletableFuture<Ended>>mapToObj((i) -> {
            Metadata headers = new Metadata();
            headers.put(KEY, key);
            return Flood.call(SHARED.running().channel(), PlacesGrpc.getFindMethod(),
                    List.of(PlaceName.newBuilder().setName("x".repeat(1000)).build()), CallOptions.DEFAULT, headers);
        }).toList());
    }

    @Test
    void requestOfWhoIsRefusedIsNotParsed() {
        assertThat(calls("bad")).allMatch((end) -> end.is(Status.Code.UNAUTHENTICATED));
        SHARED.running().awaitIdle();
        assertThat(parsed).hasValue(0);
        assertThat(threads).hasSize(200).allMatch((thread) -> thread.startsWith("rpc-default-"));
    }

    @Test
    void requestOfWhoMayCallIs() {
        assertThat(calls("good")).allMatch((end) -> end.is(Status.Code.OK));
        assertThat(parsed).hasValue(200);
    }

    /** Knows one key. */
    static class Keys implements RpcAuthentication {

        @Override
        public @Nullable Authentication authenticate(RpcContext call) {
            threads.add(Thread.currentThread().getName());
            return "good".equals(call.requestHeaders().get(KEY)) ? new TestingAuthenticationToken("key", "", List.of())
                    : null;
        }

    }

    /** Counts what is parsed. */
    @RpcService
    static class CountedPlaces implements BindableService {

        @Override
        public ServerServiceDefinition bindService() {
            MethodDescriptor<PlaceName, Place> find = PlacesGrpc.getFindMethod();
            MethodDescriptor<PlaceName, Place> counted = find
                .toBuilder(new Counted<>(find.getRequestMarshaller()), find.getResponseMarshaller())
                .build();
            return ServerServiceDefinition.builder("places.v1.Places")
                .addMethod(counted, ServerCalls.asyncUnaryCall((request, response) -> {
                    response.onNext(Place.getDefaultInstance());
                    response.onCompleted();
                }))
                .build();
        }

    }

    /**
     * Counts what it parses.
     *
     * @param <T> the type of the messages
     * @param marshaller parses
     */
    private record Counted<T>(MethodDescriptor.Marshaller<T> marshaller) implements MethodDescriptor.Marshaller<T> {

        @Override
        public InputStream stream(T value) {
            return this.marshaller.stream(value);
        }

        @Override
        public T parse(InputStream stream) {
            parsed.incrementAndGet();
            return this.marshaller.parse(stream);
        }

    }

}
