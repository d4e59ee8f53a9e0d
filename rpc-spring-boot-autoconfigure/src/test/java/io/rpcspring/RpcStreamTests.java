package io.rpcspring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.fixture.CallEnd;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * The promises of streams, through the wire, and what happens when they are misused.
 */
class RpcStreamTests {

    private static final Note NOTE = Note.newBuilder().setText("x".repeat(10_000)).build();

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort().withBean(Scribe.class);

    private final CallEnd end = new CallEnd();

    @Test
    void secondSenderIsRefusedByNameAndTheStreamStaysIntact() {
        run((scribe, channel) -> {
            try (RpcStream<Note, Note> notes = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
                Thread first = start("first sender", () -> {
                    for (int i = 0; i < 1000; i++) {
                        notes.send(NOTE);
                    }
                    notes.halfClose();
                });
                // It may also have waited for a moment, for its connection or a write.
                await().during(200, TimeUnit.MILLISECONDS).until(() -> first.getState() == Thread.State.WAITING);
                String message = "Two threads send on one stream of places.v1.Places/Notes: '"
                        + Thread.currentThread().getName() + "' came while 'first sender' was at it";
                assertThatIllegalStateException().isThrownBy(() -> notes.send(NOTE)).withMessage(message);
                assertThatIllegalStateException().isThrownBy(() -> notes.trySend(NOTE)).withMessage(message);
                scribe.go.countDown();
                assertThat(all(notes)).hasSize(1000).containsOnly(NOTE);
            }
        });
    }

    @Test
    void secondReceiverIsRefusedByNameAndTheStreamStaysIntact() {
        run((scribe, channel) -> {
            try (RpcStream<Note, Note> notes = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
                CompletableFuture<Note> received = new CompletableFuture<>();
                Thread first = start("first receiver", () -> received.complete(notes.next()));
                await().until(() -> first.getState() == Thread.State.WAITING);
                assertThatIllegalStateException().isThrownBy(notes::hasNext)
                    .withMessage("Two threads receive on one stream of places.v1.Places/Notes: '"
                            + Thread.currentThread().getName() + "' came while 'first receiver' was at it");
                scribe.go.countDown();
                notes.send(NOTE);
                assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(NOTE);
                notes.halfClose();
                assertThat(notes.hasNext()).isFalse();
            }
        });
    }

    @Test
    void sendingAfterHalfCloseIsRefused() {
        run((scribe, channel) -> {
            try (RpcStream<Note, Note> notes = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
                scribe.go.countDown();
                notes.halfClose();
                notes.halfClose();
                assertThat(notes.isReady()).isFalse();
                assertThatIllegalStateException().isThrownBy(() -> notes.send(NOTE))
                    .withMessage("places.v1.Places/Notes is half-closed: nothing can be sent any more");
                assertThat(notes.hasNext()).isFalse();
                assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(notes::next);
                assertThat(notes.status().isOk()).isTrue();
                assertThat(notes.trailers().keys()).isNotNull();
            }
        });
    }

    @Test
    void statusBeforeTheEndIsRefused() {
        run((scribe, channel) -> {
            try (RpcStream<Note, Note> notes = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
                assertThatIllegalStateException().isThrownBy(notes::status)
                    .withMessage("places.v1.Places/Notes has not ended:"
                            + " receive until hasNext() is false, finish or close first");
                assertThatIllegalStateException().isThrownBy(notes::finish)
                    .withMessage("places.v1.Places/Notes has many responses: receive them instead of finishing");
            }
        });
    }

    @Test
    void singleRequestIsSentOnce() {
        run((scribe, channel) -> {
            Area two = Area.newBuilder().setRadiusKm(2).build();
            try (RpcStream<Area, Place> within = RpcStream.open(channel, PlacesGrpc.getWithinMethod())) {
                within.send(two);
                assertThatIllegalStateException().isThrownBy(() -> within.send(two))
                    .withMessage("places.v1.Places/Within takes one request, and has it");
                within.halfClose();
                assertThat(all(within)).hasSize(2);
            }
        });
    }

    @Test
    void messagesThatCameBeforeAnErrorAreDeliveredBeforeIt() {
        run((scribe, channel) -> {
            try (RpcStream<Area, Place> within = RpcStream.open(channel, PlacesGrpc.getWithinMethod())) {
                within.send(Area.newBuilder().setRadiusKm(-5).build());
                within.halfClose();
                assertThat(this.end.await().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
                for (int i = 0; i < 5; i++) {
                    assertThat(within.hasNext()).isTrue();
                    within.next();
                }
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(within::hasNext)
                    .withMessage("OUT_OF_RANGE: negative");
                assertThat(within.status().getDescription()).isEqualTo("negative");
                assertThat(within.headers()).isNotNull();
            }
        });
    }

    @Test
    void closingEarlyCancelsAndInterceptorsSeeTheEnd() {
        run((scribe, channel) -> {
            RpcStream<Note, Note> notes = RpcStream.open(channel, PlacesGrpc.getNotesMethod());
            notes.send(NOTE);
            assertThat(scribe.entered.await(10, TimeUnit.SECONDS)).isTrue();
            notes.close();
            notes.close();
            assertThat(this.end.await().getDescription()).isEqualTo("The stream was closed before its end");
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(notes::next)
                .satisfies((ex) -> assertThat(Details.reason(ex)).isEqualTo("STREAM_CLOSED"))
                .withMessage("CANCELLED: The stream was closed before its end");
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> notes.send(NOTE))
                .satisfies((ex) -> assertThat(Details.reason(ex)).isEqualTo("STREAM_CLOSED"));
            assertThat(scribe.ended.await(10, TimeUnit.SECONDS)).isTrue();
        });
    }

    @Test
    void interruptingABlockedThreadCancelsTheCall() {
        run((scribe, channel) -> {
            try (RpcStream<Note, Note> notes = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
                CompletableFuture<String> failure = new CompletableFuture<>();
                Thread receiver = start("receiver", () -> {
                    try {
                        notes.next();
                    }
                    catch (StatusRuntimeException ex) {
                        failure.complete(ex.getMessage() + ", interrupted: " + Thread.currentThread().isInterrupted()
                                + ", " + Details.reason(ex));
                    }
                });
                assertThat(scribe.entered.await(10, TimeUnit.SECONDS)).isTrue();
                await().until(() -> receiver.getState() == Thread.State.WAITING);
                receiver.interrupt();
                assertThat(failure.get(10, TimeUnit.SECONDS))
                    .isEqualTo("CANCELLED: Interrupted while receiving, interrupted: true, INTERRUPTED");
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(notes::headers)
                    .satisfies((ex) -> assertThat(Details.reason(ex)).isEqualTo("INTERRUPTED"));
                assertThat(this.end.await().getCode()).isEqualTo(Status.Code.CANCELLED);
                assertThat(scribe.ended.await(10, TimeUnit.SECONDS)).isTrue();
            }
        });
    }

    @Test
    void deadlineEndsTheStreamOnBothSides() {
        run((scribe, channel) -> {
            // Connected and warm, so that the deadline passes in the handler.
            try (RpcStream<Point, Distance> trip = RpcStream.open(channel, PlacesGrpc.getTravelMethod())) {
                trip.finish();
            }
            try (RpcStream<Note, Note> notes = RpcStream.open(
                    PlacesGrpc.newBlockingStub(channel).withDeadlineAfter(3, TimeUnit.SECONDS),
                    PlacesGrpc.getNotesMethod())) {
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(notes::next)
                    .satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
                assertThat(scribe.ended.await(10, TimeUnit.SECONDS)).isTrue();
            }
        });
    }

    @Test
    void finishReturnsTheOneResponse() {
        run((scribe, channel) -> {
            try (RpcStream<Point, Distance> trip = RpcStream.open(channel, PlacesGrpc.getTravelMethod())) {
                trip.send(Point.getDefaultInstance());
                assertThat(trip.finish().getKilometres()).isEqualTo(1);
                assertThat(trip.headers()).isNotNull();
            }
        });
    }

    @Test
    void fastServerWaitsForASlowReader() {
        run((scribe, channel) -> {
            try (RpcStream<Area, Place> within = RpcStream.open(channel, PlacesGrpc.getWithinMethod())) {
                within.send(Area.newBuilder().setRadiusKm(1_000_000).build());
                within.halfClose();
                within.next();
                awaitStandstill(scribe.sent);
                // 16 messages ahead, and what the windows and buffers between take.
                assertThat(scribe.sent.get()).isLessThan(2_000);
            }
        });
    }

    @Test
    void fastClientWaitsForASlowHandler() {
        run((scribe, channel) -> {
            AtomicInteger sent = new AtomicInteger();
            try (RpcStream<Note, Note> notes = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
                start("sender", () -> {
                    for (int i = 0; i < 100_000; i++) {
                        notes.send(NOTE);
                        sent.incrementAndGet();
                    }
                });
                awaitStandstill(sent);
                assertThat(sent.get()).isBetween(1, 500);
            }
        });
    }

    @Test
    void senderThatOutlivesItsHandlerIsRefused() {
        run((scribe, channel) -> {
            try (RpcStream<Area, Place> within = RpcStream.open(channel, PlacesGrpc.getWithinMethod())) {
                within.send(Area.newBuilder().setRadiusKm(2).build());
                within.halfClose();
                assertThat(all(within)).hasSize(2);
            }
            MessageSender<Place> leaked = scribe.leaked;
            assertThat(leaked).isNotNull();
            assertThat(leaked.isReady()).isFalse();
            assertThatIllegalStateException().isThrownBy(() -> leaked.send(Place.getDefaultInstance()))
                .withMessage("The handler of places.v1.Places/Within has ended, and its stream with it");
        });
    }

    @Test
    void closedStreamSaysSoWhateverIsUsedOfIt() {
        run((scribe, channel) -> {
            for (int i = 0; i < 200; i++) {
                RpcStream<Note, Note> notes = RpcStream.open(channel, PlacesGrpc.getNotesMethod());
                CountDownLatch sent = new CountDownLatch(i % 10);
                CompletableFuture<String> failure = new CompletableFuture<>();
                start("sender", () -> {
                    try {
                        for (int j = 0; j < 1000; j++) {
                            notes.send(NOTE);
                            sent.countDown();
                        }
                    }
                    catch (RuntimeException ex) {
                        failure.complete(ex.getMessage());
                    }
                });
                assertThat(sent.await(10, TimeUnit.SECONDS)).isTrue();
                notes.close();
                String message = "CANCELLED: The stream was closed before its end";
                notes.halfClose();
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(notes::hasNext).withMessage(message);
                assertThat(failure.get(10, TimeUnit.SECONDS)).isEqualTo(message);
                assertThat(notes.isReady()).isFalse();
            }
        });
    }

    /** grpc-java breaks if such a call is used behind its cancel. */
    @Test
    void streamThatIsClosedBeforeItsChannelKnowsItsServersHasAnEnd() {
        this.runner.run((context) -> {
            for (int i = 0; i < 200; i++) {
                try (Connection connection = Connection.to(context)) {
                    RpcStream<Note, Note> notes = RpcStream.open(connection.channel(), PlacesGrpc.getNotesMethod());
                    RpcStream<Area, Place> within = RpcStream.open(connection.channel(), PlacesGrpc.getWithinMethod());
                    start("half-closer", notes::halfClose);
                    start("sender", () -> within.send(Area.getDefaultInstance()));
                    notes.close();
                    within.close();
                    notes.halfClose();
                    within.halfClose();
                    assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(notes::hasNext)
                        .withMessage("CANCELLED: The stream was closed before its end");
                    // It may have been answered before.
                    assertThat(catchThrowable(within::hasNext)).satisfiesAnyOf((ex) -> assertThat(ex).isNull(),
                            (ex) -> assertThat(ex).isInstanceOf(StatusRuntimeException.class));
                }
            }
        });
    }

    @Test
    void receiverThatOutlivesItsHandlerIsRefused() {
        run((scribe, channel) -> {
            try (RpcStream<Point, Distance> trip = RpcStream.open(channel, PlacesGrpc.getTravelMethod())) {
                trip.finish();
            }
            MessageReceiver<Point> leaked = scribe.leakedReceiver;
            assertThat(leaked).isNotNull();
            String message = "The handler of places.v1.Places/Travel has ended, and its stream with it";
            assertThatIllegalStateException().isThrownBy(leaked::hasNext).withMessage(message);
            assertThatIllegalStateException().isThrownBy(leaked::next).withMessage(message);
        });
    }

    @Test
    void streamOfAnInjectedStubHasItsOptionsAndTheDefaultsOfItsChannel() throws Exception {
        try (RecordingServer server = RecordingServer.start()) {
            this.runner.withUserConfiguration(Holder.class)
                .withPropertyValues(server.asTargetOf("places"), "rpc.client.channels.places.deadline=5s",
                        "rpc.client.channels.places.stream-deadline=1m")
                .run((context) -> {
                    PlacesGrpc.PlacesFutureStub stub = context.getBean(Holder.class).stub();
                    assertThat(remaining(server, stub)).isBetween(Duration.ofSeconds(50), Duration.ofMinutes(1));
                    assertThat(remaining(server, stub.withDeadlineAfter(1, TimeUnit.HOURS)))
                        .isGreaterThan(Duration.ofMinutes(59));
                    assertThat(remaining(server, stub.withInterceptors(this.end))).isPositive();
                    assertThat(this.end.await().isOk()).isTrue();
                });
        }
    }

    private static Duration remaining(RecordingServer server, AbstractStub<?> stub) {
        try (RpcStream<Area, Place> within = RpcStream.open(stub, PlacesGrpc.getWithinMethod())) {
            within.send(Area.newBuilder().setRadiusKm(2).build());
            within.halfClose();
            assertThat(all(within)).hasSize(2);
        }
        return server.lastCall().remaining();
    }

    @ParameterizedTest
    @CsvSource({ "0, INTERNAL: The server ended the call without a response",
            "2, INTERNAL: The server sent more than one response" })
    void finishWantsExactlyOneResponse(int responses, String message) {
        StarterRunner.withServerOnFreePort().withBean(ManyDistances.class, responses).run((context) -> {
            try (Connection connection = Connection.to(context);
                    RpcStream<Point, Distance> trip = RpcStream.open(connection.channel(),
                            PlacesGrpc.getTravelMethod())) {
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(trip::finish)
                    .satisfies((ex) -> assertThat(Details.reason(ex)).isEqualTo("WRONG_RESPONSE_COUNT"))
                    .withMessage(message);
            }
        });
    }

    @Test
    void headersOfACallThatFailsBeforeTheyCameAreItsFailure() {
        run((scribe, channel) -> {
            try (RpcStream<Area, Place> within = RpcStream.open(channel, PlacesGrpc.getWithinMethod())) {
                within.send(Area.newBuilder().setRadiusKm(-0.5).build());
                within.halfClose();
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(within::headers)
                    .withMessage("OUT_OF_RANGE: negative");
            }
        });
    }

    private void run(Check check) {
        this.runner.run((context) -> {
            assertThat(context).hasNotFailed();
            Scribe scribe = context.getBean(Scribe.class);
            try (Connection connection = Connection.to(context)) {
                check.run(scribe, ClientInterceptors.intercept(connection.channel(), this.end));
            }
            finally {
                scribe.go.countDown();
            }
        });
    }

    private static <T> List<T> all(MessageReceiver<T> receiver) {
        List<T> messages = new ArrayList<>();
        receiver.forEach(messages::add);
        return messages;
    }

    private static Thread start(String name, Runnable task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            }
            catch (StatusRuntimeException ex) {
                // The test closes the stream under the thread.
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void awaitStandstill(AtomicInteger counter) {
        AtomicInteger last = new AtomicInteger(-1);
        await().pollInterval(Duration.ofMillis(300))
            .until(() -> counter.get() > 0 && last.getAndSet(counter.get()) == counter.get());
    }

    /** What a test does on a channel. */
    private interface Check {

        void run(Scribe scribe, Channel channel) throws Exception;

    }

    /** Writes back what it gets, when it is told to begin. */
    @RpcService(PlacesGrpc.class)
    static class Scribe {

        private final CountDownLatch go = new CountDownLatch(1);

        private final CountDownLatch entered = new CountDownLatch(1);

        private final CountDownLatch ended = new CountDownLatch(1);

        private final AtomicInteger sent = new AtomicInteger();

        private volatile @Nullable MessageSender<Place> leaked;

        private volatile @Nullable MessageReceiver<Point> leakedReceiver;

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) throws InterruptedException {
            this.entered.countDown();
            try {
                this.go.await();
                in.forEach(out::send);
            }
            finally {
                this.ended.countDown();
            }
        }

        void within(Area area, MessageSender<Place> out) throws Exception {
            this.leaked = out;
            Place place = Place.newBuilder().setName("x".repeat(1024)).build();
            for (int i = 0; i < (int) Math.abs(area.getRadiusKm()); i++) {
                out.send(place);
                this.sent.incrementAndGet();
            }
            if (area.getRadiusKm() < 0) {
                throw Status.OUT_OF_RANGE.withDescription("negative").asException();
            }
        }

        Distance travel(MessageReceiver<Point> in) {
            this.leakedReceiver = in;
            int points = 0;
            while (in.hasNext()) {
                in.next();
                points++;
            }
            return Distance.newBuilder().setKilometres(points).build();
        }

    }

    /**
     * Has a stub injected.
     *
     * @param stub of the channel {@code places}
     */
    record Holder(@RpcClient("places") PlacesGrpc.PlacesFutureStub stub) {

    }

    /**
     * Breaks the rules of client streaming.
     *
     * @param responses how many it sends
     */
    @RpcService
    record ManyDistances(int responses) implements BindableService {

        @Override
        public ServerServiceDefinition bindService() {
            return ServerServiceDefinition.builder(PlacesGrpc.SERVICE_NAME)
                .addMethod(PlacesGrpc.getTravelMethod().toBuilder().setType(MethodType.BIDI_STREAMING).build(),
                        ServerCalls.asyncBidiStreamingCall(this::travel))
                .build();
        }

        private StreamObserver<Point> travel(StreamObserver<Distance> response) {
            for (int i = 0; i < this.responses; i++) {
                response.onNext(Distance.getDefaultInstance());
            }
            response.onCompleted();
            return new NothingMore();
        }

    }

    /** Takes no notice. */
    private static final class NothingMore implements StreamObserver<Point> {

        @Override
        public void onNext(Point point) {
        }

        @Override
        public void onError(Throwable thrown) {
        }

        @Override
        public void onCompleted() {
        }

    }

}
