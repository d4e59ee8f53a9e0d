package io.rpcspring.observation;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.BlockingClientCall;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.search.Search;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.Measured;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StuckPlaces;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the meters of calls are called, and what they show.
 */
class CallMetersTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    @Test
    void metersHaveTheNamesOfMicrometersOwn() {
        try (Measured application = Measured.start(new MarkedPlaces())) {
            PlacesGrpc.newBlockingStub(application.channel()).find(ZURICH);
            for (String side : new String[] { "grpc.server", "grpc.client" }) {
                await().until(() -> application.ends(side).equals(Map.of(Code.OK, 1L)));
                assertThat(tags(application, side)).isEqualTo(Tags.of("rpc.service", "places.v1.Places", "rpc.method",
                        "Find", "rpc.type", "UNARY", "grpc.status_code", "OK", "error", "none"));
                for (String more : new String[] { ".active", ".sent", ".received", ".sent.bytes", ".received.bytes" }) {
                    assertThat(tags(application, side + more)).isEqualTo(
                            Tags.of("rpc.service", "places.v1.Places", "rpc.method", "Find", "rpc.type", "UNARY"));
                }
            }
        }
    }

    @Test
    void metersHaveTheNamesOfOpenTelemetryIfAsked() {
        try (Measured application = Measured.start(new MarkedPlaces(), "rpc.observability.names=otel")) {
            PlacesGrpc.newBlockingStub(application.channel()).find(ZURICH);
            for (String timer : new String[] { "rpc.server.call.duration", "rpc.client.call.duration" }) {
                await().until(() -> Search.in(application.registry()).name(timer).timer() != null);
                assertThat(tags(application, timer))
                    .isEqualTo(Tags.of("rpc.method", "places.v1.Places/Find", "rpc.response.status_code", "OK"));
            }
            assertThat(tags(application, "grpc.server.sent")).isEqualTo(Tags.of("rpc.method", "places.v1.Places/Find"));
            assertThat(Search.in(application.registry()).name("grpc.server").timers()).isEmpty();
        }
    }

    private static Tags tags(Measured application, String meter) {
        Meter only = Search.in(application.registry()).name(meter).meters().iterator().next();
        return Tags.of(only.getId().getTags());
    }

    @Test
    void messagesAndBytesOfBothSidesAgree() {
        try (Measured application = Measured.start(new MarkedPlaces())) {
            PlacesGrpc.newBlockingStub(application.channel())
                .within(Area.newBuilder().setRadiusKm(20).build())
                .forEachRemaining((place) -> {
                });
            await().until(() -> application.ends("grpc.server").equals(Map.of(Code.OK, 1L)));
            assertThat(application.count("grpc.client.sent")).isEqualTo(1)
                .isEqualTo(application.count("grpc.server.received"));
            assertThat(application.count("grpc.server.sent")).isEqualTo(20)
                .isEqualTo(application.count("grpc.client.received"));
            // radius_km; what gRPC writes before each message is not counted.
            assertThat(bytes(application, "grpc.client.sent.bytes")).isEqualTo(9)
                .isEqualTo(bytes(application, "grpc.server.received.bytes"));
            assertThat(bytes(application, "grpc.server.sent.bytes")).isGreaterThan(200)
                .isEqualTo(bytes(application, "grpc.client.received.bytes"));
        }
    }

    private static double bytes(Measured application, String name) {
        DistributionSummary summary = Search.in(application.registry()).name(name).summary();
        return (summary != null && summary.count() == 1) ? summary.totalAmount() : -1;
    }

    @Test
    void strangersMakeOneSeries() throws Exception {
        try (Measured application = Measured.start(new MarkedPlaces())) {
            int meters = 0;
            for (int i = 0; i < 100; i++) {
                try (RawConnection connection = RawConnection.to(application.server().port())) {
                    connection.write(RawConnection.call(1, "/made.up" + i + "/Name" + i));
                    assertThat(connection.status()).startsWith("12 Method not found");
                }
                int calls = i + 1;
                await().until(() -> application.ends("grpc.server").equals(Map.of(Code.UNIMPLEMENTED, (long) calls)));
                meters = (i == 0) ? application.registry().getMeters().size() : meters;
            }
            assertThat(application.registry().getMeters()).hasSize(meters);
            assertThat(application.ends("grpc.server", "rpc.service", "_OTHER", "rpc.method", "_OTHER", "rpc.type",
                    "UNKNOWN"))
                .isEqualTo(Map.of(Code.UNIMPLEMENTED, 100L));
            assertThat(application.gauge("grpc.server.active")).isZero();
        }
    }

    @Test
    void callThatIsResetIsCancelled() throws Exception {
        StuckPlaces places = new StuckPlaces();
        try (Measured application = Measured.start(places);
                RawConnection connection = RawConnection.to(application.server().port())) {
            connection.write(RawConnection.call(1, RawConnection.FIND))
                .write(RawConnection.message(1, false, new byte[0]));
            assertThat(places.entered.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(application.gauge("grpc.server.active")).isEqualTo(1);
            connection.frame(RawConnection.RST_STREAM, RawConnection.NONE, 1, RawConnection.integer(8));
            await().until(() -> application.ends("grpc.server").equals(Map.of(Code.CANCELLED, 1L)));
            assertThat(application.gauge("grpc.server.active")).isZero();
        }
    }

    @Test
    void abandonedStreamIsActiveNoMore() throws Exception {
        try (Measured application = Measured.start(new MarkedPlaces())) {
            BlockingClientCall<Note, Note> blocking = PlacesGrpc.newBlockingV2Stub(application.channel()).notes();
            blocking.write(Note.getDefaultInstance());
            await().until(() -> application.gauge("grpc.server.active") == 1);
            assertThat(application.gauge("grpc.client.active")).isEqualTo(1);
            // It asks for nothing from here on, so that grpc-java never tells it of the
            // end.
            blocking.cancel("enough", null);
            try (RpcStream<Note, Note> stream = RpcStream.open(application.channel(), PlacesGrpc.getNotesMethod())) {
                stream.send(Note.getDefaultInstance());
            }
            assertThat(application.gauge("grpc.client.active")).isZero();
            assertThat(application.gauge("rpc.client.channel.calls", "channel", "places")).isZero();
            assertThat(application.ends("grpc.client")).isEqualTo(Map.of(Code.CANCELLED, 2L));
            await().until(() -> application.ends("grpc.server").equals(Map.of(Code.CANCELLED, 2L)));
            assertThat(application.gauge("grpc.server.active")).isZero();
        }
    }

    @Test
    void callThatIsNeverSentCountsOnItsSide() {
        try (Measured application = Measured.start(new MarkedPlaces(),
                "rpc.client.channels.nowhere.target=localhost:1")) {
            Metadata large = new Metadata();
            large.put(Metadata.Key.of("large", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(20_000));
            Ended refused = Flood
                .call(application.channel(), PlacesGrpc.getFindMethod(), List.of(ZURICH), CallOptions.DEFAULT, large)
                .join();
            assertThat(refused.is(Code.RESOURCE_EXHAUSTED)).isTrue();
            Flood
                .open(application.channel("nowhere"), PlacesGrpc.getFindMethod(),
                        CallOptions.DEFAULT.withWaitForReady(), new Metadata(), new CompletableFuture<>())
                .cancel("enough", null);
            assertThat(application.ends("grpc.client"))
                .isEqualTo(Map.of(Code.CANCELLED, 1L, Code.RESOURCE_EXHAUSTED, 1L));
            assertThat(application.gauge("grpc.client.active")).isZero();
            assertThat(application.ends("grpc.server")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({ "retry.max-attempts=3, retry.initial-backoff=5ms, 2, first 1.0 retry 2.0",
            "hedging.max-attempts=3, hedging.delay=20ms, 2, first 1.0 hedge 2.0" })
    void attemptsAreNoCalls(String attempts, String more, int failures, String expected) throws IOException {
        try (RecordingServer server = RecordingServer.start();
                Measured application = Measured.start(new MarkedPlaces(), server.asTargetOf("recording"),
                        "rpc.client.channels.recording." + attempts, "rpc.client.channels.recording." + more)) {
            server.failNext(failures, Status.UNAVAILABLE, null);
            PlacesGrpc.newBlockingStub(application.channel("recording")).find(ZURICH);
            assertThat(application.ends("grpc.client")).isEqualTo(Map.of(Code.OK, 1L));
            StringBuilder kinds = new StringBuilder();
            for (String kind : new String[] { "first", "retry", "transparent", "hedge" }) {
                double number = application.count("rpc.client.attempts", "kind", kind, "channel", "recording",
                        "rpc.service", "places.v1.Places", "rpc.method", "Find");
                kinds.append((number > 0) ? kind + " " + number + " " : "");
            }
            assertThat(kinds.toString().strip()).isEqualTo(expected);
        }
    }

    @Test
    void whatGrpcTriesAgainByItselfIsToldApart() throws IOException {
        try (RefusingServer server = RefusingServer.start();
                Measured application = Measured.start(new MarkedPlaces(),
                        "rpc.client.channels.refusing.target=localhost:" + server.port())) {
            Ended end = Flood
                .call(application.channel("refusing"), PlacesGrpc.getFindMethod(), ZURICH, CallOptions.DEFAULT)
                .join();
            assertThat(application.ends("grpc.client")).isEqualTo(Map.of(end.status().getCode(), 1L));
            assertThat(application.count("rpc.client.attempts", "kind", "first")).isEqualTo(1);
            assertThat(application.count("rpc.client.attempts", "kind", "transparent")).isEqualTo(1);
        }
    }

}
