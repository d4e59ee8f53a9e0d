package io.rpcspring.server.call;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.fixture.SharedServer;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A message of a stream that cannot be read ends its own call and no other, whatever the
 * handler does meanwhile.
 */
@ParameterizedClass
@ValueSource(classes = { UnreadableStreamTests.Plain.class, UnreadableStreamTests.Busy.class,
        UnreadableStreamTests.Forwarding.class, UnreadableStreamTests.Deaf.class })
class UnreadableStreamTests {

    private static final int ROUNDS = 20;

    /** Is not responded to. */
    private static final Note FIRST = Note.newBuilder().setText("first").build();

    private static final Note TOO_LARGE = Note.newBuilder().setText("x".repeat(100_000)).build();

    @RegisterExtension
    static final SharedServer SERVER = new SharedServer();

    @Parameter
    Class<?> service = Object.class;

    @BeforeParameterizedClassInvocation
    static void start(Class<?> service) {
        SERVER.start(List.of(service), "rpc.server.limits.message-size=64KB");
    }

    static Stream<MethodDescriptor<?, ?>> kindsWithManyRequests() {
        return Stream.of(PlacesGrpc.getTravelMethod(), PlacesGrpc.getNotesMethod());
    }

    @ParameterizedTest
    @MethodSource("kindsWithManyRequests")
    void messageThatIsTooLargeDoesNotHarmTheCallBesideIt(MethodDescriptor<?, ?> kind) {
        besideAGoodCall(() -> assertThat(sendTooLarge(kind).status()).hasToString("Status{code=RESOURCE_EXHAUSTED, "
                + "description=gRPC message exceeds maximum size 65536: 100004, cause=null}"));
    }

    /** With headers on their way, all that grpc-java's transport can do is to reset. */
    @Test
    void messageThatIsTooLargeAfterAResponseDoesNotHarmTheCallBesideIt() {
        besideAGoodCall(() -> {
            try (RpcStream<Note, Note> bad = RpcStream.open(SERVER.running().channel(), PlacesGrpc.getNotesMethod())) {
                bad.send(Note.getDefaultInstance());
                bad.next();
                bad.send(TOO_LARGE);
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(bad::hasNext)
                    .withMessage("CANCELLED: RST_STREAM closed stream. HTTP/2 error code: CANCEL");
            }
        });
    }

    private static void besideAGoodCall(Runnable bad) {
        try (RpcStream<Note, Note> beside = RpcStream.open(SERVER.running().channel(), PlacesGrpc.getNotesMethod())) {
            for (int i = 0; i < ROUNDS; i++) {
                bad.run();
                beside.send(Note.getDefaultInstance());
                assertThat(beside.next()).isNotNull();
            }
            beside.halfClose();
            assertThat(beside.hasNext()).isFalse();
            assertThat(beside.status().isOk()).isTrue();
        }
        SERVER.running().awaitIdle();
    }

    /** The transport sees the size and not what is inside, so any message will do. */
    private static Ended sendTooLarge(MethodDescriptor<?, ?> kind) {
        MethodDescriptor<Note, ?> method = kind
            .toBuilder(PlacesGrpc.getNotesMethod().getRequestMarshaller(), kind.getResponseMarshaller())
            .build();
        List<Note> requests = List.of(FIRST, TOO_LARGE);
        CompletableFuture<Ended> end = Flood.call(SERVER.running().channel(), method, requests, CallOptions.DEFAULT,
                new Metadata());
        return end.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @MethodSource("kindsWithManyRequests")
    void messageThatIsCutOffDoesNotHarmTheConnection(MethodDescriptor<?, ?> kind) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            try (RawConnection connection = RawConnection.to(SERVER.running().port())) {
                connection.write(RawConnection.call(1, "/" + kind.getFullMethodName()));
                connection.write(RawConnection.data(1, false, 20, new byte[10]));
                assertThat(connection.status()).as("round %d", i).isEqualTo("13 Encountered end-of-stream mid-frame");
                connection.frame(RawConnection.PING, RawConnection.NONE, 0, new byte[8]);
                connection.await(RawConnection.PING);
                assertThat(connection.received()).noneMatch((frame) -> frame.type() == RawConnection.GOAWAY);
            }
        }
        SERVER.running().awaitIdle();
    }

    private static void respond(Note note, Consumer<Note> out) {
        if (!note.equals(FIRST)) {
            out.accept(note);
        }
    }

    /** A plain object that reads to the end. */
    @RpcService(PlacesGrpc.class)
    static class Plain {

        Place find(PlaceName name) {
            return Place.getDefaultInstance();
        }

        Stream<Place> within(Area area) {
            return Stream.empty();
        }

        Distance travel(MessageReceiver<Point> in, RpcContext context) {
            in.forEach((point) -> {
            });
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out, RpcContext context) {
            in.forEach((note) -> respond(note, out::send));
        }

    }

    /** One that notices nothing until the call has ended, and then returns normally. */
    @RpcService(PlacesGrpc.class)
    static class Busy extends Plain {

        @Override
        Distance travel(MessageReceiver<Point> in, RpcContext context) {
            work(context);
            return Distance.getDefaultInstance();
        }

        @Override
        void notes(MessageReceiver<Note> in, MessageSender<Note> out, RpcContext context) {
            for (Note note : in) {
                if (note.equals(FIRST)) {
                    work(context);
                    return;
                }
                out.send(note);
            }
        }

        private static void work(RpcContext context) {
            while (!context.isCancelled()) {
                LockSupport.parkNanos(1_000_000);
            }
        }

    }

    /** A generated base class that ignores that its requests fail. */
    @RpcService
    static class Deaf extends PlacesGrpc.PlacesImplBase {

        @Override
        public StreamObserver<Point> travel(StreamObserver<Distance> response) {
            return new Requests<>(response, (point) -> {
            });
        }

        @Override
        public StreamObserver<Note> notes(StreamObserver<Note> response) {
            return new Requests<>(response, (note) -> respond(note, response::onNext));
        }

        void failed(Throwable thrown, StreamObserver<?> response) {
        }

        private final class Requests<Q> implements StreamObserver<Q> {

            private final StreamObserver<?> response;

            private final Consumer<Q> next;

            private Requests(StreamObserver<?> response, Consumer<Q> next) {
                this.response = response;
                this.next = next;
            }

            @Override
            public void onNext(Q request) {
                this.next.accept(request);
            }

            @Override
            public void onError(Throwable thrown) {
                failed(thrown, this.response);
            }

            @Override
            public void onCompleted() {
                this.response.onCompleted();
            }

        }

    }

    /** One that ends its calls with what their requests failed with. */
    @RpcService
    static class Forwarding extends Deaf {

        @Override
        void failed(Throwable thrown, StreamObserver<?> response) {
            response.onError(thrown);
        }

    }

}
