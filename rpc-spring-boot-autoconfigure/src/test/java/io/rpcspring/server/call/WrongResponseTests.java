package io.rpcspring.server.call;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.StringUtils;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.OwnLog;
import io.rpcspring.fixture.SharedServer;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Responses that are none, missing, or too many: the client gets an id, and the log says
 * with the same id which method was wrong.
 */
@ParameterizedClass
@ValueSource(classes = { WrongResponseTests.Plain.class, WrongResponseTests.Returning.class,
        WrongResponseTests.Observers.class, WrongResponseTests.OwnBinding.class })
@ExtendWith(OutputCaptureExtension.class)
class WrongResponseTests {

    @RegisterExtension
    static final SharedServer SERVER = new SharedServer();

    @Parameter
    Class<?> service = Object.class;

    @BeforeParameterizedClassInvocation
    static void start(Class<?> service) {
        SERVER.start(List.of(service, new Plan()));
    }

    static Stream<Arguments> wrongNumbers() {
        return Flood.kinds()
            .filter((kind) -> kind.getType().serverSendsOneMessage())
            .flatMap((kind) -> Stream.of(0, 2).map((responses) -> Arguments.arguments(kind, responses)));
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void nullInsteadOfAMessage(MethodDescriptor<?, ?> kind, CapturedOutput output) {
        assertFails(kind, 0, true, output);
        assertThat(output).contains("NullPointerException: " + ofNull(kind));
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void nullAfterAMessage(MethodDescriptor<?, ?> kind, CapturedOutput output) {
        assumeThat(isObserver() || !kind.getType().serverSendsOneMessage()).isTrue();
        assertFails(kind, 1, true, output);
        assertThat(output).contains("NullPointerException: " + ofNull(kind));
    }

    @ParameterizedTest
    @MethodSource("wrongNumbers")
    void wrongNumberOfResponsesWhereThereIsOne(MethodDescriptor<?, ?> kind, int responses, CapturedOutput output) {
        assumeThat(isObserver()).isTrue();
        assertFails(kind, responses, false, output);
        assertThat(output).contains("IllegalStateException: The handler of " + kind.getFullMethodName()
                + ((responses == 0) ? " ended the call without its response" : " sent more than its one response"));
    }

    @Test
    void rightNumberOfResponses(CapturedOutput output) {
        SERVER.running().bean(Plan.class).set(1, false);
        Flood.kinds().forEach((kind) -> assertThat(call(kind).getCode()).isEqualTo(Code.OK));
        SERVER.running().awaitIdle();
        assertThat(OwnLog.of(output)).doesNotContain("WARN").doesNotContain("ERROR");
    }

    private void assertFails(MethodDescriptor<?, ?> kind, int messages, boolean andNull, CapturedOutput output) {
        SERVER.running().bean(Plan.class).set(messages, andNull);
        Status status = call(kind);
        assertThat(status.getCode()).isEqualTo(Code.UNKNOWN);
        assertThat(status.getDescription()).matches("The server failed, id [0-9a-f]{8}");
        SERVER.running().awaitIdle();
        assertThat(OwnLog.of(output)).containsOnlyOnce("ERROR")
            .contains("Call of " + kind.getFullMethodName() + " failed, "
                    + String.valueOf(status.getDescription()).replaceAll(".*, ", ""))
            .doesNotContain("WARN");
    }

    private static <Q> Status call(MethodDescriptor<Q, ?> kind) {
        CompletableFuture<Ended> end = Flood.call(SERVER.running().channel(), kind, Flood.request(kind),
                CallOptions.DEFAULT);
        return end.orTimeout(20, TimeUnit.SECONDS).join().status();
    }

    private String ofNull(MethodDescriptor<?, ?> kind) {
        String method = kind.getFullMethodName();
        if (this.service == Observers.class) {
            return "null was sent by " + this.service.getName() + "."
                    + StringUtils.uncapitalize(String.valueOf(kind.getBareMethodName()));
        }
        if (this.service == OwnBinding.class) {
            return "The handler of " + method + " sent null instead of a message";
        }
        return kind.getType().serverSendsOneMessage() ? "The handler of " + method + " returned null"
                : "null was sent on a stream of " + method;
    }

    private boolean isObserver() {
        return this.service == Observers.class || this.service == OwnBinding.class;
    }

    /** What handlers send. */
    static class Plan {

        private volatile int messages;

        private volatile boolean andNull;

        private void set(int messages, boolean andNull) {
            this.messages = messages;
            this.andNull = andNull;
        }

        @SuppressWarnings("NullAway") // what it is for
        private <R> List<R> all(R message) {
            List<R> all = new ArrayList<>();
            for (int i = 0; i < this.messages; i++) {
                all.add(message);
            }
            if (this.andNull) {
                all.addAll(Arrays.asList((R) null));
            }
            return all;
        }

        private <R> R one(R message) {
            return all(message).get(0);
        }

        private <R> void respond(StreamObserver<R> response, R message) {
            all(message).forEach(response::onNext);
            response.onCompleted();
        }

    }

    /**
     * A plain object that sends.
     *
     * @param plan says what
     */
    @RpcService(PlacesGrpc.class)
    record Plain(Plan plan) {

        Place find(PlaceName name) {
            return this.plan.one(Place.getDefaultInstance());
        }

        void within(Area area, MessageSender<Place> out) {
            this.plan.all(Place.getDefaultInstance()).forEach(out::send);
        }

        Distance travel(MessageReceiver<Point> in) {
            in.next();
            return this.plan.one(Distance.getDefaultInstance());
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            in.next();
            this.plan.all(Note.getDefaultInstance()).forEach(out::trySend);
        }

    }

    /**
     * A plain object that returns what it can.
     *
     * @param plan says what
     */
    @RpcService(PlacesGrpc.class)
    record Returning(Plan plan) {

        CompletionStage<Place> find(PlaceName name) {
            return CompletableFuture.supplyAsync(() -> this.plan.one(Place.getDefaultInstance()));
        }

        Iterable<Place> within(Area area) {
            return this.plan.all(Place.getDefaultInstance());
        }

        CompletionStage<Distance> travel(MessageReceiver<Point> in) {
            in.next();
            return CompletableFuture.completedFuture(this.plan.one(Distance.getDefaultInstance()));
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            in.next();
            this.plan.all(Note.getDefaultInstance()).forEach(out::send);
        }

    }

    /** A generated base class. */
    @RpcService
    static class Observers extends PlacesGrpc.PlacesImplBase {

        private final Plan plan;

        Observers(Plan plan) {
            this.plan = plan;
        }

        @Override
        public void find(PlaceName name, StreamObserver<Place> response) {
            this.plan.respond(response, Place.getDefaultInstance());
        }

        @Override
        public void within(Area area, StreamObserver<Place> response) {
            this.plan.respond(response, Place.getDefaultInstance());
        }

        @Override
        public StreamObserver<Point> travel(StreamObserver<Distance> response) {
            return new AtTheEnd<>(() -> this.plan.respond(response, Distance.getDefaultInstance()));
        }

        @Override
        public StreamObserver<Note> notes(StreamObserver<Note> response) {
            return new AtTheEnd<>(() -> this.plan.respond(response, Note.getDefaultInstance()));
        }

    }

    /** A service that makes its own definition, and so has grpc-java's observers. */
    @RpcService
    static class OwnBinding implements BindableService {

        private final Observers handlers;

        OwnBinding(Plan plan) {
            this.handlers = new Observers(plan);
        }

        @Override
        public ServerServiceDefinition bindService() {
            return ServerServiceDefinition.builder(PlacesGrpc.getServiceDescriptor())
                .addMethod(PlacesGrpc.getFindMethod(), ServerCalls.asyncUnaryCall(this.handlers::find))
                .addMethod(PlacesGrpc.getWithinMethod(), ServerCalls.asyncServerStreamingCall(this.handlers::within))
                .addMethod(PlacesGrpc.getTravelMethod(), ServerCalls.asyncClientStreamingCall(this.handlers::travel))
                .addMethod(PlacesGrpc.getNotesMethod(), ServerCalls.asyncBidiStreamingCall(this.handlers::notes))
                .build();
        }

    }

    /**
     * Responds when the requests have ended.
     *
     * @param <Q> the type of the requests
     * @param respond how
     */
    private record AtTheEnd<Q>(Runnable respond) implements StreamObserver<Q> {

        @Override
        public void onNext(Q request) {
        }

        @Override
        public void onError(Throwable thrown) {
        }

        @Override
        public void onCompleted() {
            this.respond.run();
        }

    }

}
