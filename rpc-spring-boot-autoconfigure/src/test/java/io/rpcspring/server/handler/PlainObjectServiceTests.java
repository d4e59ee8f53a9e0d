package io.rpcspring.server.handler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Details;
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
 * Calls of plain objects through the wire: each call kind, well and badly.
 */
@ExtendWith(OutputCaptureExtension.class)
class PlainObjectServiceTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort().withBean(PlainPlaces.class);

    @Test
    void unaryHandlersAnswerOnTheDefaultPool() {
        run((places, connection) -> {
            Place zurich = connection.find("Zurich");
            assertThat(zurich.getName()).isEqualTo("Zurich");
            assertThat(zurich.getZone()).matches("rpc-default-\\d+");
        });
    }

    @Test
    void serverStreamingHandlersSendOnTheStreamsPool() {
        run((places, connection) -> {
            List<Place> found = new ArrayList<>();
            connection.places().within(area(1000)).forEachRemaining(found::add);
            assertThat(found).hasSize(1000);
            assertThat(found.get(999).getName()).isEqualTo("Place 999");
            assertThat(found.get(0).getZone()).matches("rpc-streams-\\d+");
        });
    }

    @Test
    void clientStreamingHandlersReceive() {
        run((places, connection) -> {
            try (RpcStream<Point, Distance> trip = travel(connection)) {
                for (int i = 1; i <= 1000; i++) {
                    trip.send(Point.newBuilder().setLongitude(i).build());
                }
                assertThat(trip.finish().getKilometres()).isEqualTo(500_500);
                assertThat(trip.status().isOk()).isTrue();
            }
        });
    }

    @Test
    void bidirectionalHandlersTalk() {
        run((places, connection) -> {
            try (RpcStream<Note, Note> notes = notes(connection)) {
                for (int i = 0; i < 100; i++) {
                    notes.send(note("note " + i));
                    assertThat(notes.next().getText()).isEqualTo("note " + i);
                }
                notes.halfClose();
                assertThat(notes.hasNext()).isFalse();
            }
        });
    }

    @Test
    void handlerThatDoesNotReadEverythingEndsTheCallCleanly() {
        run((places, connection) -> {
            try (RpcStream<Note, Note> notes = notes(connection)) {
                notes.send(note("stop"));
                assertThat(notes.hasNext()).isFalse();
                assertThat(notes.status().isOk()).isTrue();
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> notes.send(note("more")))
                    .satisfies((ex) -> assertThat(Details.reason(ex)).isEqualTo("ENDED_EARLY"))
                    .withMessage("CANCELLED: The server ended the call before it took all messages");
            }
        });
    }

    @Test
    void contextCarriesHeadersAndTrailers() {
        run((places, connection) -> {
            Metadata headers = new Metadata();
            headers.put(PlainPlaces.ECHO, "hello");
            AtomicReference<Metadata> gotHeaders = new AtomicReference<>();
            AtomicReference<Metadata> gotTrailers = new AtomicReference<>();
            connection.places()
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers),
                        MetadataUtils.newCaptureMetadataInterceptor(gotHeaders, gotTrailers))
                .find(PlaceName.newBuilder().setName("Rome").build());
            assertThat(gotHeaders.get()).extracting((metadata) -> metadata.get(PlainPlaces.ECHO)).isEqualTo("hello");
            assertThat(gotTrailers.get()).extracting((metadata) -> metadata.get(PlainPlaces.ECHO)).isEqualTo("hello");
        });
    }

    @Test
    void statusExceptionsArePassedOnAlsoAsCauseWithTheirTrailers() {
        run((places, connection) -> {
            assertFails(connection, "status", "NOT_FOUND: no such place");
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find("cause"))
                .withMessage("DATA_LOSS: lost")
                .satisfies((ex) -> assertThat(ex.getTrailers().get(PlainPlaces.ECHO)).isEqualTo("trailer"));
            try (RpcStream<Point, Distance> trip = travel(connection)) {
                trip.send(Point.newBuilder().setLatitude(90).build());
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(trip::finish)
                    .withMessage("OUT_OF_RANGE: north pole");
            }
        });
    }

    @Test
    void unexpectedExceptionsAreUnknownWithAnIdThatTheLogHasOnce(CapturedOutput output) {
        run((places, connection) -> {
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find("throw"))
                .satisfies((ex) -> assertUnknown(ex, output, "places.v1.Places/Find"));
            try (RpcStream<Note, Note> notes = notes(connection)) {
                notes.send(note("one"));
                notes.send(note("throw"));
                assertThat(notes.next().getText()).isEqualTo("one");
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(notes::next)
                    .satisfies((ex) -> assertUnknown(ex, output, "places.v1.Places/Notes"));
            }
            Area bad = area(2).toBuilder().setCentre(Point.newBuilder().setLatitude(90)).build();
            List<Place> before = new ArrayList<>();
            assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> connection.places().within(bad).forEachRemaining(before::add))
                .satisfies((ex) -> assertUnknown(ex, output, "places.v1.Places/Within"));
            assertThat(before).hasSize(2);
        });
    }

    @Test
    void exceptionMappersAreAskedInOrder() {
        this.runner.withBean("first", ExceptionMapper.class, () -> (thrown) -> null)
            .withBean("second", ExceptionMapper.class,
                    () -> (thrown) -> (thrown instanceof IllegalArgumentException)
                            ? Status.INVALID_ARGUMENT.withDescription("mapped").asException() : null)
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    assertFails(connection, "throw", "INVALID_ARGUMENT: mapped");
                }
            });
    }

    @ParameterizedTest
    @ValueSource(strings = { "sleep", "lock", "queue" })
    void cancelWakesABlockedUnaryHandlerAndItsThreadIsCleanAfterwards(String how) {
        run((places, connection) -> {
            ClientCall<PlaceName, Place> call = connection.channel()
                .newCall(PlacesGrpc.getFindMethod(), CallOptions.DEFAULT);
            ListenableFuture<Place> answer = ClientCalls.futureUnaryCall(call,
                    PlaceName.newBuilder().setName(how).build());
            assertThat(places.blocking.await(10, TimeUnit.SECONDS)).isTrue();
            call.cancel("enough", null);
            assertThat(answer).failsWithin(Duration.ofSeconds(10));
            assertThat(places.ends.poll(10, TimeUnit.SECONDS)).isEqualTo("InterruptedException");
            for (int i = 0; i < 50; i++) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
            }
        });
    }

    @Test
    void deadlineWakesABlockedHandler() {
        run((places, connection) -> {
            // Connected and warm, so that the deadline passes in the handler.
            connection.find("Zurich");
            assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> PlacesGrpc.newBlockingStub(connection.channel())
                    .withDeadline(Deadline.after(2, TimeUnit.SECONDS))
                    .find(PlaceName.newBuilder().setName("sleep").build()))
                .satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
            assertThat(places.ends.poll(10, TimeUnit.SECONDS)).isEqualTo("InterruptedException");
        });
    }

    @Test
    void cancelWakesABlockedSender() {
        run((places, connection) -> {
            try (RpcStream<Area, Place> within = RpcStream.open(connection.channel(), PlacesGrpc.getWithinMethod())) {
                within.send(area(-1));
                within.halfClose();
                assertThat(within.next().getName()).hasSize(1000);
            }
            assertThat(places.ends.poll(10, TimeUnit.SECONDS)).isEqualTo("StatusRuntimeException");
        });
    }

    @Test
    void cancelWakesABlockedReceiver() {
        run((places, connection) -> {
            try (RpcStream<Point, Distance> trip = travel(connection)) {
                trip.send(Point.newBuilder().setLatitude(-90).build());
                assertThat(places.blocking.await(10, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(places.ends.poll(10, TimeUnit.SECONDS)).isEqualTo("StatusRuntimeException");
        });
    }

    @Test
    void lostConnectionWakesABlockedHandler(CapturedOutput output) {
        run((places, connection) -> {
            RpcStream<Note, Note> notes = notes(connection);
            notes.send(note("sleep"));
            assertThat(places.blocking.await(10, TimeUnit.SECONDS)).isTrue();
            connection.close();
            assertThat(places.ends.poll(10, TimeUnit.SECONDS)).isEqualTo("InterruptedException");
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(notes::next);
        });
        assertThat(output).doesNotContain("ERROR");
    }

    @Test
    void interruptCanBeSwitchedOff() {
        this.runner.withPropertyValues("rpc.server.interrupt-cancelled=false", "rpc.server.shutdown.grace=5ms")
            .run((context) -> {
                PlainPlaces places = context.getBean(PlainPlaces.class);
                try (Connection connection = Connection.to(context)) {
                    RpcStream<Note, Note> notes = notes(connection);
                    notes.send(note("queue"));
                    assertThat(places.blocking.await(10, TimeUnit.SECONDS)).isTrue();
                    notes.close();
                    assertThat(places.ends.poll(Duration.ofMillis(200).toMillis(), TimeUnit.MILLISECONDS)).isNull();
                }
            });
    }

    private void run(Check check) {
        this.runner.run((context) -> {
            assertThat(context).hasNotFailed();
            try (Connection connection = Connection.to(context)) {
                check.run(context.getBean(PlainPlaces.class), connection);
            }
        });
    }

    private static void assertFails(Connection connection, String name, String message) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find(name))
            .withMessage(message);
    }

    private static void assertUnknown(StatusRuntimeException ex, CapturedOutput output, String method) {
        Matcher id = Pattern.compile("^UNKNOWN: The server failed, id ([0-9a-f]{8})$").matcher(ex.getMessage());
        assertThat(id.matches()).as(ex.getMessage()).isTrue();
        assertThat(output.toString()).containsOnlyOnce("Call of " + method + " failed, id " + id.group(1))
            .contains("\tat " + PlainPlaces.class.getName());
    }

    private static Area area(double radius) {
        return Area.newBuilder().setRadiusKm(radius).build();
    }

    private static Note note(String text) {
        return Note.newBuilder().setText(text).build();
    }

    private static RpcStream<Point, Distance> travel(Connection connection) {
        return RpcStream.open(connection.channel(), PlacesGrpc.getTravelMethod());
    }

    private static RpcStream<Note, Note> notes(Connection connection) {
        return RpcStream.open(connection.channel(), PlacesGrpc.getNotesMethod());
    }

    /** What a test does with a running server. */
    private interface Check {

        void run(PlainPlaces places, Connection connection) throws Exception;

    }

}
