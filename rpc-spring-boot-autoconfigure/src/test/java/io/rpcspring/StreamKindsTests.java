package io.rpcspring;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.CallEnd;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.SharedServer;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * What a client may forget, and may not do, by the kind of the method: no thread waits
 * for ever for what only it could send.
 */
class StreamKindsTests {

    private static final Point POINT = Point.newBuilder().setLatitude(47).build();

    /** The handler answers at once. */
    private static final Point LAST = Point.newBuilder().setLatitude(-90).build();

    /** The handler fails. */
    private static final Point NOWHERE = Point.newBuilder().setLatitude(91).build();

    @RegisterExtension
    static final SharedServer SERVER = new SharedServer();

    @BeforeAll
    static void start() {
        SERVER.start(List.of(Walker.class));
    }

    static Stream<MethodDescriptor<?, ?>> ofOneRequest() {
        return Stream.of(PlacesGrpc.getFindMethod(), PlacesGrpc.getWithinMethod());
    }

    @ParameterizedTest
    @MethodSource("ofOneRequest")
    <Q, R> void oneRequestNeedsNoHalfClose(MethodDescriptor<Q, R> kind) {
        assertSendsOne(kind, (stream, request) -> {
            stream.send(request);
            return true;
        });
    }

    @ParameterizedTest
    @MethodSource("ofOneRequest")
    <Q, R> void oneRequestThatIsTriedNeedsNoHalfClose(MethodDescriptor<Q, R> kind) {
        assertSendsOne(kind, MessageSender::trySend);
    }

    private static <Q, R> void assertSendsOne(MethodDescriptor<Q, R> kind, BiPredicate<RpcStream<Q, R>, Q> send) {
        Q request = Flood.request(kind);
        try (RpcStream<Q, R> stream = open(kind)) {
            assertThat(stream.isReady()).isTrue();
            assertThat(send.test(stream, request)).isTrue();
            assertThat(stream.isReady()).isFalse();
            String message = kind.getFullMethodName() + " takes one request, and has it";
            assertThatIllegalStateException().isThrownBy(() -> stream.send(request)).withMessage(message);
            assertThatIllegalStateException().isThrownBy(() -> stream.trySend(request)).withMessage(message);
            stream.halfClose();
            assertThatIllegalStateException().isThrownBy(() -> stream.send(request)).withMessage(message);
            assertThat(all(stream)).isNotEmpty();
            assertThat(stream.status().isOk()).isTrue();
        }
    }

    @Test
    void secondRequestIsRefusedThoughTheFirstHasEndedTheCall() {
        CallEnd end = new CallEnd();
        Channel channel = ClientInterceptors.intercept(SERVER.running().channel(), new EndsAtHalfClose(end), end);
        try (RpcStream<Area, Place> within = RpcStream.open(channel, PlacesGrpc.getWithinMethod())) {
            within.send(Area.getDefaultInstance());
            assertThatIllegalStateException().isThrownBy(() -> within.send(Area.getDefaultInstance()))
                .withMessage("places.v1.Places/Within takes one request, and has it");
            assertThat(all(within)).hasSize(1);
        }
    }

    @Test
    void oneRequestIsSentAgainWhenTheCallIsRetried() throws Exception {
        try (RecordingServer flaky = RecordingServer.start();
                PlacesServer caller = PlacesServer.start(Walker.class, flaky.asTargetOf("places"),
                        "rpc.client.channels.places.retry.max-attempts=3",
                        "rpc.client.channels.places.retry.initial-backoff=5ms",
                        "rpc.client.channels.places.stream-deadline=20s")) {
            flaky.failNext(2, Status.UNAVAILABLE, null);
            try (RpcStream<Area, Place> within = RpcStream.open(caller.bean(RpcChannels.class).get("places"),
                    PlacesGrpc.getWithinMethod())) {
                within.send(Area.newBuilder().setRadiusKm(2).build());
                assertThat(all(within)).hasSize(2);
            }
            assertThat(flaky.calls).hasSize(3);
        }
    }

    @Test
    void whoSendsIsToldToHalfCloseBeforeItReceives() {
        try (RpcStream<Point, Distance> trip = open(PlacesGrpc.getTravelMethod())) {
            trip.send(POINT);
            String message = "places.v1.Places/Travel is not half-closed: '" + Thread.currentThread().getName()
                    + "' sends on it, and would wait for a response that comes after the last request."
                    + " Call finish(), or halfClose() before you receive;"
                    + " let another thread receive what may come earlier";
            assertThatIllegalStateException().isThrownBy(trip::next).withMessage(message);
            assertThatIllegalStateException().isThrownBy(trip::hasNext).withMessage(message);
            assertThatIllegalStateException().isThrownBy(() -> all(trip)).withMessage(message);
            assertThat(trip.trySend(POINT)).isTrue();
            assertThatIllegalStateException().isThrownBy(trip::next).withMessage(message);
            trip.halfClose();
            assertThat(all(trip)).extracting(Distance::getKilometres).containsExactly(2.0);
        }
    }

    @Test
    void anotherThreadReceivesAnAnswerThatComesEarly() {
        try (RpcStream<Point, Distance> trip = open(PlacesGrpc.getTravelMethod())) {
            CompletableFuture<Distance> answer = CompletableFuture.supplyAsync(trip::next);
            trip.send(POINT);
            trip.send(LAST);
            assertThat(answer.join().getKilometres()).isEqualTo(2);
            assertThat(trip.hasNext()).isFalse();
            assertThat(trip.status().isOk()).isTrue();
        }
    }

    @Test
    void whoHasHandedTheSendingOverMayWait() {
        try (RpcStream<Point, Distance> trip = open(PlacesGrpc.getTravelMethod())) {
            trip.send(POINT);
            CompletableFuture.runAsync(() -> trip.send(POINT)).join();
            Thread waiting = Thread.currentThread();
            CompletableFuture<Void> rest = CompletableFuture.runAsync(() -> {
                await().until(() -> waiting.getState() == Thread.State.WAITING);
                trip.send(POINT);
                trip.halfClose();
            });
            assertThat(trip.next().getKilometres()).isEqualTo(3);
            rest.join();
        }
    }

    @Test
    void whoSendsReceivesWhatHasCome() {
        try (RpcStream<Point, Distance> trip = open(PlacesGrpc.getTravelMethod())) {
            trip.send(LAST);
            await().pollInSameThread().ignoreException(IllegalStateException.class).until(trip::hasNext);
            assertThat(trip.next().getKilometres()).isEqualTo(1);
            assertThat(trip.hasNext()).isFalse();
        }
    }

    @Test
    void whoSendsReceivesTheFailure() {
        try (RpcStream<Point, Distance> trip = open(PlacesGrpc.getTravelMethod())) {
            trip.send(NOWHERE);
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(trip::headers)
                .withMessage("OUT_OF_RANGE: nowhere");
            await().until(() -> !trip.isReady());
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(trip::next)
                .withMessage("OUT_OF_RANGE: nowhere");
        }
    }

    @Test
    void whoSendsReceivesTheEndAfterClosing() {
        RpcStream<Point, Distance> trip = open(PlacesGrpc.getTravelMethod());
        trip.send(POINT);
        trip.close();
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(trip::next)
            .withMessage("CANCELLED: The stream was closed before its end");
    }

    private static <Q, R> RpcStream<Q, R> open(MethodDescriptor<Q, R> method) {
        return RpcStream.open(SERVER.running().channel(), method,
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
    }

    private static <T> List<T> all(MessageReceiver<T> receiver) {
        List<T> messages = new ArrayList<>();
        receiver.forEach(messages::add);
        return messages;
    }

    /**
     * Lets the half-close of a call wait for the call's end.
     *
     * @param end sees it
     */
    private record EndsAtHalfClose(CallEnd end) implements ClientInterceptor {

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

                @Override
                public void halfClose() {
                    super.halfClose();
                    EndsAtHalfClose.this.end.await();
                }

            };
        }

    }

    /** Counts the points of a trip. */
    @RpcService(PlacesGrpc.class)
    static class Walker {

        Place find(PlaceName name) {
            return Place.getDefaultInstance();
        }

        void within(Area area, MessageSender<Place> out) {
            out.send(Place.getDefaultInstance());
        }

        Distance travel(MessageReceiver<Point> in) throws Exception {
            int points = 0;
            while (in.hasNext()) {
                Point point = in.next();
                points++;
                if (point.equals(LAST)) {
                    break;
                }
                if (point.equals(NOWHERE)) {
                    throw Status.OUT_OF_RANGE.withDescription("nowhere").asException();
                }
            }
            return Distance.newBuilder().setKilometres(points).build();
        }

    }

}
