package io.rpcspring.server.handler;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.ExceptionMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a handler throws gets to the client, whatever the handler is and when it throws.
 */
@ParameterizedClass
@ValueSource(classes = { HandlerFailureTests.Blocking.class, HandlerFailureTests.Returning.class,
        HandlerFailureTests.Throwing.class, HandlerFailureTests.Erring.class })
@ExtendWith(OutputCaptureExtension.class)
class HandlerFailureTests {

    private static final Metadata.Key<String> WHY = Metadata.Key.of("x-why", Metadata.ASCII_STRING_MARSHALLER);

    @Parameter
    Class<?> service = Object.class;

    private final Plan plan = new Plan();

    @ParameterizedTest
    @EnumSource
    void everyCallKindEndsWithItsStatusAtEveryMoment(What what, CapturedOutput output) {
        this.plan.thrown = what.thrown();
        StarterRunner.withServerOnFreePort()
            .withBean(this.service)
            .withBean(Plan.class, () -> this.plan)
            .withBean(ExceptionMapper.class, () -> HandlerFailureTests::map)
            .run((context) -> {
                assertThat(context).hasNotFailed();
                try (Connection connection = Connection.to(context)) {
                    for (MethodDescriptor<?, ?> method : PlacesGrpc.getServiceDescriptor().getMethods()) {
                        assertFails(connection, method, true, what, output);
                        assertFails(connection, method, false, what, output);
                    }
                }
            });
        assertThat(output.toString().split("The server failed|ERROR", -1)).hasSize(what.isLogged() ? 9 : 1);
    }

    private <Q, R> void assertFails(Connection connection, MethodDescriptor<Q, R> method, boolean first, What what,
            CapturedOutput output) {
        this.plan.first = first;
        try (RpcStream<Q, R> call = RpcStream.open(connection.channel(), method)) {
            // A handler that fails first may end the call before a stream's first
            // message.
            if (!first || method.getType().clientSendsOneMessage()) {
                call.send(((MethodDescriptor.PrototypeMarshaller<Q>) method.getRequestMarshaller())
                    .getMessagePrototype());
            }
            call.halfClose();
            if (!first && !method.getType().serverSendsOneMessage()) {
                call.next();
            }
            assertThatExceptionOfType(StatusRuntimeException.class).as(method.getFullMethodName())
                .isThrownBy(call::hasNext)
                .withMessageMatching(what.message)
                .satisfies((ex) -> assertThat(call.trailers().get(WHY)).isEqualTo(what.isLogged() ? null : "because"))
                .satisfies((ex) -> assertThat(
                        output.toString().contains("Call of " + method.getFullMethodName() + " failed, " + id(ex)))
                    .isEqualTo(what.isLogged()));
        }
    }

    private static String id(StatusRuntimeException ex) {
        return String.valueOf(ex.getMessage()).replaceAll(".*, ", "");
    }

    private static @Nullable StatusException map(Throwable thrown) {
        return (thrown instanceof IllegalArgumentException)
                ? Status.INVALID_ARGUMENT.withDescription("mapped").asException(because()) : null;
    }

    private static Metadata because() {
        Metadata trailers = new Metadata();
        trailers.put(WHY, "because");
        return trailers;
    }

    /** What is thrown, and what the client gets. */
    enum What {

        UNEXPECTED("UNKNOWN: The server failed, id [0-9a-f]{8}"),

        MAPPED("INVALID_ARGUMENT: mapped"),

        STATUS("OUT_OF_RANGE: too far"),

        CAUSE("DATA_LOSS: lost");

        private final String message;

        What(String message) {
            this.message = message;
        }

        private RuntimeException thrown() {
            return switch (this) {
                case UNEXPECTED -> new IllegalStateException("secret");
                case MAPPED -> new IllegalArgumentException("known");
                case STATUS -> Status.OUT_OF_RANGE.withDescription("too far").asRuntimeException(because());
                case CAUSE ->
                    new IllegalArgumentException(Status.DATA_LOSS.withDescription("lost").asException(because()));
            };
        }

        private boolean isLogged() {
            return this == UNEXPECTED;
        }

    }

    /** What handlers throw, and when. */
    static class Plan {

        private volatile RuntimeException thrown = new IllegalStateException();

        private volatile boolean first;

        private void first() {
            if (this.first) {
                throw this.thrown;
            }
        }

    }

    /**
     * A plain object that blocks.
     *
     * @param plan says what to throw
     */
    @RpcService(PlacesGrpc.class)
    record Blocking(Plan plan) {

        Place find(PlaceName name) {
            this.plan.first();
            throw this.plan.thrown;
        }

        void within(Area area, MessageSender<Place> out) {
            this.plan.first();
            out.send(Place.getDefaultInstance());
            throw this.plan.thrown;
        }

        Distance travel(MessageReceiver<Point> in) {
            this.plan.first();
            in.next();
            throw this.plan.thrown;
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            this.plan.first();
            out.send(in.next());
            throw this.plan.thrown;
        }

    }

    /**
     * A plain object that returns what fails later.
     *
     * @param plan says what to throw
     */
    @RpcService(PlacesGrpc.class)
    record Returning(Plan plan) {

        CompletionStage<Place> find(PlaceName name) {
            this.plan.first();
            return CompletableFuture.failedFuture(this.plan.thrown);
        }

        Stream<Place> within(Area area) {
            return IntStream.range(0, 2).mapToObj((i) -> {
                this.plan.first();
                if (i == 0) {
                    return Place.getDefaultInstance();
                }
                throw this.plan.thrown;
            });
        }

        CompletionStage<Distance> travel(MessageReceiver<Point> in) {
            this.plan.first();
            return CompletableFuture.supplyAsync(in::next).thenApply((point) -> {
                throw this.plan.thrown;
            });
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            this.plan.first();
            in.forEach((note) -> {
                out.send(note);
                throw this.plan.thrown;
            });
        }

    }

    /** A generated base class that throws. */
    @RpcService
    static class Throwing extends PlacesGrpc.PlacesImplBase {

        private final Plan plan;

        Throwing(Plan plan) {
            this.plan = plan;
        }

        void fail(StreamObserver<?> response) {
            throw this.plan.thrown;
        }

        private void failFirst(StreamObserver<?> response) {
            if (this.plan.first) {
                fail(response);
            }
        }

        @Override
        public void find(PlaceName name, StreamObserver<Place> response) {
            fail(response);
        }

        @Override
        public void within(Area area, StreamObserver<Place> response) {
            failFirst(response);
            response.onNext(Place.getDefaultInstance());
            fail(response);
        }

        @Override
        public StreamObserver<Point> travel(StreamObserver<Distance> response) {
            failFirst(response);
            return new Requests<>(() -> fail(response));
        }

        @Override
        public StreamObserver<Note> notes(StreamObserver<Note> response) {
            failFirst(response);
            return new Requests<>(() -> {
                response.onNext(Note.getDefaultInstance());
                fail(response);
            });
        }

    }

    /** A generated base class that gives the exception to its observer. */
    @RpcService
    static class Erring extends Throwing {

        Erring(Plan plan) {
            super(plan);
        }

        @Override
        void fail(StreamObserver<?> response) {
            response.onError(super.plan.thrown);
        }

    }

    /**
     * Fails with the first request.
     *
     * @param <Q> the type of the requests
     * @param fail how
     */
    private record Requests<Q>(Runnable fail) implements StreamObserver<Q> {

        @Override
        public void onNext(Q request) {
            this.fail.run();
        }

        @Override
        public void onError(Throwable thrown) {
        }

        @Override
        public void onCompleted() {
        }

    }

}
