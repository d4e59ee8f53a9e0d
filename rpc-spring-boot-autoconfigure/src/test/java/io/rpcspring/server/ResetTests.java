package io.rpcspring.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.DefaultServer;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Where the border lies between clients that have to give up many calls and floods.
 */
@ExtendWith(OutputCaptureExtension.class)
class ResetTests {

    private static final int EARLY_ENDS = 4_000;

    private static final int EXPIRED = 8_000;

    private static final Metadata.Key<String> BADGE = Metadata.Key.of("badge", Metadata.ASCII_STRING_MARSHALLER);

    private static final DefaultServer server = DefaultServer.start(Application.class,
            "rpc.server.services.[places.v1.Places].methods.Notes.pool=one", "rpc.server.pools.one.size=1",
            "rpc.server.pools.one.queue-capacity=0");

    private final Connection client = Connection.to("localhost:" + server.port());

    /** On the client's one connection; it has the only thread of its pool. */
    private final RpcStream<Note, Note> longStream = RpcStream.open(this.client.channel(), PlacesGrpc.getNotesMethod());

    @BeforeEach
    void longStreamIsServed() {
        this.longStream.send(Note.newBuilder().setText("before").build());
        assertThat(this.longStream.next().getText()).isEqualTo("before");
    }

    @AfterEach
    void longStreamIsStillServed() {
        try {
            this.longStream.send(Note.newBuilder().setText("after").build());
            assertThat(this.longStream.next().getText()).isEqualTo("after");
        }
        finally {
            this.client.close();
            await().until(() -> server.runningCalls() == 0);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void streamsThatTheirHandlersEndEarlyEndNoConnection() throws Exception {
        assertThat(endEarly(PlacesGrpc.getTravelMethod(), Point.getDefaultInstance(), new Metadata()))
            .isEqualTo(Map.of("OK null", EARLY_ENDS));
    }

    @Test
    void streamsThatAnInterceptorRefusesEndNoConnection() throws Exception {
        Metadata headers = new Metadata();
        headers.put(BADGE, "forged");
        assertThat(endEarly(PlacesGrpc.getTravelMethod(), Point.getDefaultInstance(), headers))
            .isEqualTo(Map.of("UNAUTHENTICATED The badge is forged", EARLY_ENDS));
    }

    @Test
    void streamsThatAFullPoolRefusesEndNoConnection() throws Exception {
        assertThat(endEarly(PlacesGrpc.getNotesMethod(), Note.getDefaultInstance(), new Metadata()))
            .isEqualTo(Map.of("RESOURCE_EXHAUSTED pool 'one' is full (1 running, 0 waiting)", EARLY_ENDS));
    }

    @WithLibrary("grpc-services")
    @Test
    void callsWhoseDeadlinesPassEndNoConnection() throws Exception {
        AtomicInteger cancelled = server.application().getBean(CancelledCalls.class).count;
        int before = cancelled.get();
        Calls calls = new Calls(1_000);
        while (cancelled.get() - before < EXPIRED) {
            calls.start(
                    this.client.channel()
                        .newCall(HealthGrpc.getWatchMethod(),
                                CallOptions.DEFAULT.withDeadlineAfter(200, TimeUnit.MILLISECONDS)),
                    HealthCheckRequest.getDefaultInstance(), new Metadata(), true);
        }
        assertThat(calls.ends().keySet()).allMatch((end) -> end.startsWith("DEADLINE_EXCEEDED "));
    }

    @ParameterizedTest
    @ValueSource(ints = { RawConnection.RST_STREAM, RawConnection.WINDOW_UPDATE })
    void floodOfResetsEndsItsConnectionAndNoOthers(int cause, CapturedOutput output) throws Exception {
        int log = output.length();
        try (RawConnection attacker = RawConnection.to(server.port())) {
            CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> flood(attacker, cause));
            do {
                assertThat(this.client.find("").getName()).isEqualTo("found");
            }
            while (!flood.isDone());
            flood.join();
            if (cause == RawConnection.RST_STREAM) {
                RawConnection.Frame goAway = attacker.await(RawConnection.GOAWAY);
                assertThat(goAway.code()).isEqualTo(RawConnection.ENHANCE_YOUR_CALM);
                assertThat(goAway.debug()).isEqualTo("too_many_rststreams");
            }
            assertThat(attacker.closes(20)).isTrue();
        }
        assertThat(output.length() - log).isLessThan(10_000);
    }

    /** Resets as many calls as it can until the server has enough of it. */
    private static void flood(RawConnection attacker, int cause) {
        byte[] reset = RawConnection.integer((cause == RawConnection.RST_STREAM) ? 8 : 0);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try {
            for (int stream = 1; System.nanoTime() < end;) {
                ByteArrayOutputStream many = new ByteArrayOutputStream();
                for (int i = 0; i < 100; i++, stream += 2) {
                    many.writeBytes(RawConnection.call(stream, RawConnection.FIND));
                    many.writeBytes(RawConnection.bytes(cause, RawConnection.NONE, stream, reset));
                }
                attacker.write(many.toByteArray());
            }
        }
        catch (IOException ex) {
            // The server has closed the connection.
        }
    }

    /** Starts calls that the server ends before the client has half-closed. */
    private <Q, R> Map<String, Integer> endEarly(MethodDescriptor<Q, R> method, Q request, Metadata headers)
            throws InterruptedException {
        Calls calls = new Calls(100);
        for (int i = 0; i < EARLY_ENDS; i++) {
            calls.start(this.client.channel().newCall(method, CallOptions.DEFAULT), request, headers, false);
        }
        return calls.ends();
    }

    /** Calls, not too many at once, and how they end. */
    private static final class Calls {

        private final int atOnce;

        private final Semaphore places;

        private final Map<String, Integer> ends = new ConcurrentHashMap<>();

        private Calls(int atOnce) {
            this.atOnce = atOnce;
            this.places = new Semaphore(atOnce);
        }

        private <Q, R> void start(ClientCall<Q, R> call, Q request, Metadata headers, boolean whole)
                throws InterruptedException {
            assertThat(this.places.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            call.start(new ClientCall.Listener<>() {

                @Override
                public void onClose(Status status, Metadata trailers) {
                    Calls.this.ends.merge(status.getCode() + " " + status.getDescription(), 1, Integer::sum);
                    Calls.this.places.release();
                }

            }, headers);
            call.request(2);
            call.sendMessage(request);
            if (whole) {
                call.halfClose();
            }
        }

        private Map<String, Integer> ends() throws InterruptedException {
            assertThat(this.places.tryAcquire(this.atOnce, 30, TimeUnit.SECONDS)).isTrue();
            return this.ends;
        }

    }

    /** Serves places. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({ Places.class, Guard.class, CancelledCalls.class })
    static class Application {

    }

    /** Listens to notes, and to no points. */
    @RpcService(PlacesGrpc.class)
    static class Places {

        Place find(PlaceName name) {
            return Place.newBuilder().setName("found").build();
        }

        Distance travel(MessageReceiver<Point> points) {
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            in.forEach(out::send);
        }

    }

    /** Looks at badges. */
    @RpcInterceptor
    static class Guard implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            if (headers.containsKey(BADGE)) {
                throw Status.UNAUTHENTICATED.withDescription("The badge is " + headers.get(BADGE)).asRuntimeException();
            }
            return next.startCall(call, headers);
        }

    }

    /** Counts the calls that the transport has seen cancelled. */
    static class CancelledCalls extends ServerStreamTracer.Factory implements RpcServerCustomizer {

        private final AtomicInteger count = new AtomicInteger();

        @Override
        public void customize(ServerBuilder<?> builder) {
            builder.addStreamTracerFactory(this);
        }

        @Override
        public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            return new ServerStreamTracer() {

                @Override
                public void streamClosed(Status status) {
                    if (status.getCode() == Status.Code.CANCELLED) {
                        CancelledCalls.this.count.incrementAndGet();
                    }
                }

            };
        }

    }

}
