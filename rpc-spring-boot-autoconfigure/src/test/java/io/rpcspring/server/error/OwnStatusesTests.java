package io.rpcspring.server.error;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcErrorReason;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Each status that the framework itself gives says why to programs.
 */
@Timeout(60)
class OwnStatusesTests {

    private static final PlaceName STUCK = PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();

    private static final PlacesServer server = PlacesServer.start(List.of(Partly.class, Clock.class, Canceller.class),
            "rpc.server.limits.message-size=64KB");

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void waitingCallIsToldWhyItEndsAndWhenToComeBack() {
        BusyPlaces places = new BusyPlaces();
        try (PlacesServer small = PlacesServer.start(places, "rpc.server.pools.default.size=1",
                "rpc.server.pools.default.queue-capacity=1", "rpc.server.pools.default.queue-timeout=3s")) {
            CompletableFuture<Ended> running = stick(small);
            await().until(() -> places.entered.get() == 1);
            assertEnds(
                    call(small.channel(), PlacesGrpc.getFindMethod(), List.of(STUCK), headers("grpc-timeout", "50m")),
                    Code.DEADLINE_EXCEEDED, "DEADLINE_PASSED");
            await().until(() -> small.statistics("default").waiting() == 0);
            CompletableFuture<Ended> late = stick(small);
            await().until(() -> small.statistics("default").waiting() == 1);
            assertRefused(stick(small).join(), "POOL_FULL");
            assertRefused(late.join(), "QUEUE_TIMEOUT");
            places.release.countDown();
            assertThat(running.join().status().isOk()).isTrue();
        }
    }

    private static void assertRefused(Ended end, String reason) {
        assertEnds(end, Code.RESOURCE_EXHAUSTED, reason);
        String pushback = end.trailers().get(key("grpc-retry-pushback-ms"));
        assertThat(Details.find(end, RetryInfo.class)).map(RetryInfo::getRetryDelay)
            .map((delay) -> Duration.ofSeconds(delay.getSeconds(), delay.getNanos()))
            .hasValue(Duration.ofMillis(Long.parseLong(String.valueOf(pushback))));
    }

    @Test
    void detailsCanBeTurnedOffAndThePushbackStays() {
        BusyPlaces places = new BusyPlaces();
        try (PlacesServer small = PlacesServer.start(places, "rpc.server.pools.default.size=1",
                "rpc.server.pools.default.queue-capacity=0", "rpc.server.errors.details=false")) {
            CompletableFuture<Ended> running = stick(small);
            await().until(() -> places.entered.get() == 1);
            Ended refused = stick(small).join();
            assertThat(refused.status().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
            assertThat(refused.trailers().keys()).contains("grpc-retry-pushback-ms")
                .doesNotContain("grpc-status-details-bin");
            places.release.countDown();
            assertThat(running.join().status().isOk()).isTrue();
        }
    }

    @Test
    void callThatIsCutOffIsToldSo() {
        BusyPlaces places = new BusyPlaces();
        try (PlacesServer stopping = PlacesServer.start(places, "rpc.server.shutdown.grace=5ms")) {
            CompletableFuture<Ended> running = stick(stopping);
            await().until(() -> places.entered.get() == 1);
            stopping.context().close();
            assertEnds(running.join(), Code.UNAVAILABLE, "CALL_CUT");
        }
    }

    private static CompletableFuture<Ended> stick(PlacesServer at) {
        return Flood.call(at.channel(), PlacesGrpc.getFindMethod(), STUCK, CallOptions.DEFAULT);
    }

    @Test
    @WithLibrary("grpc-services")
    void watcherOfAServerThatGoesIsToldSo() {
        StarterRunner.withServerOnFreePort()
            .withBean(MarkedPlaces.class)
            .withPropertyValues("rpc.server.reflection.enabled=true")
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    CompletableFuture<Ended> tool = new CompletableFuture<>();
                    Flood
                        .open(connection.channel(), ServerReflectionGrpc.getServerReflectionInfoMethod(),
                                CallOptions.DEFAULT, new Metadata(), tool)
                        .sendMessage(ServerReflectionRequest.newBuilder().setListServices("*").build());
                    assertEnds(
                            call(connection.channel(), HealthGrpc.getCheckMethod(),
                                    HealthCheckRequest.newBuilder().setService("nobody").build()),
                            Code.NOT_FOUND, "NOT_SERVED");
                    context.close();
                    assertEnds(tool.join(), Code.UNAVAILABLE, "DRAINING");
                }
            });
    }

    @Test
    void contextThatAnInterceptorCancels() {
        assertEnds(call(server.channel(), ClockGrpc.getTimeAtMethod(), PlaceName.getDefaultInstance()), Code.CANCELLED,
                "CONTEXT_CANCELLED");
    }

    @Test
    void requestThatIsNoMessage() {
        assertEnds(call(server.channel(), bytes(PlacesGrpc.getFindMethod()), List.of(new byte[] { -1, -1 }),
                new Metadata()), Code.INVALID_ARGUMENT, "UNREADABLE_REQUEST");
    }

    @Test
    void requestThatIsTooLargeWhenItIsDecompressed() {
        Ended end = Flood
            .call(server.channel(), PlacesGrpc.getFindMethod(),
                    PlaceName.newBuilder().setName("x".repeat(100_000)).build(),
                    CallOptions.DEFAULT.withCompression("gzip"))
            .join();
        assertEnds(end, Code.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE");
    }

    @Test
    void timeoutThatIsNone() {
        assertEnds(call(server.channel(), PlacesGrpc.getFindMethod(), List.of(STUCK), headers("grpc-timeout", "soon")),
                Code.INTERNAL, "UNREADABLE_TIMEOUT");
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 2 })
    void wrongNumberOfRequests(int count) {
        List<byte[]> requests = Collections.nCopies(count, new byte[0]);
        assertEnds(call(server.channel(), bytes(PlacesGrpc.getFindMethod()), requests, new Metadata()),
                Code.UNIMPLEMENTED, "WRONG_REQUEST_COUNT");
        assertEnds(call(server.channel(), bytes(ClockGrpc.getTimeAtMethod()), requests, headers("spared", "yes")),
                Code.INTERNAL, "WRONG_REQUEST_COUNT");
    }

    @Test
    void methodWithoutAHandler() {
        assertEnds(call(server.channel(), PlacesGrpc.getWithinMethod(), Area.getDefaultInstance()), Code.UNIMPLEMENTED,
                "NOT_SERVED");
    }

    @Test
    void failureThatNobodyMaps() {
        assertEnds(call(server.channel(), PlacesGrpc.getFindMethod(), PlaceName.getDefaultInstance()), Code.UNKNOWN,
                "FAILED");
    }

    @Test
    void methodThatNobodyServesIsAnsweredByTheTransport() {
        MethodDescriptor<Area, Place> unknown = PlacesGrpc.getWithinMethod()
            .toBuilder()
            .setFullMethodName("places.v1.Places/Nothing")
            .build();
        assertEnds(call(server.channel(), unknown, Area.getDefaultInstance()), Code.UNIMPLEMENTED, "none");
    }

    private static void assertEnds(Ended end, Code code, String reason) {
        assertThat(end.status().getCode()).as("%s", end.status()).isEqualTo(code);
        assertThat(Details.reason(end)).isEqualTo(reason.equals("none") ? reason : "rpcspring.io/" + reason);
        if (!reason.equals("none")) {
            assertThat(RpcErrorReason.valueOf(reason).name()).isEqualTo(reason);
            assertThat(Details.status(end).getMessage()).isEqualTo(end.status().getDescription());
        }
    }

    private static <Q> Ended call(Channel channel, MethodDescriptor<Q, ?> method, Q request) {
        return Flood.call(channel, method, request, CallOptions.DEFAULT).join();
    }

    private static <Q> Ended call(Channel channel, MethodDescriptor<Q, ?> method, List<Q> requests, Metadata headers) {
        return Flood.call(channel, method, requests, CallOptions.DEFAULT, headers).join();
    }

    private static Metadata headers(String name, String value) {
        Metadata headers = new Metadata();
        headers.put(key(name), value);
        return headers;
    }

    /** A client that may send what it likes. */
    private static MethodDescriptor<byte[], ?> bytes(MethodDescriptor<?, ?> method) {
        return method.toBuilder(new Bytes(), method.getResponseMarshaller())
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .build();
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** Sends what it is given. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }

    }

    /** Has no handler for the rest. */
    @RpcService(PlacesGrpc.class)
    static class Partly {

        Place find(PlaceName name) {
            throw new IllegalStateException("secret");
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            in.forEach(out::send);
        }

    }

    /** A generated base class. */
    @RpcService
    static class Clock extends ClockGrpc.ClockImplBase {

        @Override
        public void timeAt(PlaceName request, StreamObserver<LocalTime> response) {
            response.onNext(LocalTime.getDefaultInstance());
        }

    }

    /** Cancels each call's context that is not spared. */
    @RpcInterceptor(services = "clock.v1.Clock")
    static class Canceller implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            Context.CancellableContext context = Context.current().withCancellation();
            ServerCall.Listener<Q> listener = Contexts.interceptCall(context, call, headers, next);
            if (!headers.containsKey(key("spared"))) {
                context.cancel(new CancellationException("by the interceptor"));
            }
            return listener;
        }

    }

}
