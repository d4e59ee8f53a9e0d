package io.rpcspring.test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.MetadataUtils;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcStream;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the recorder keeps, and what its assertions say.
 */
class RpcRecorderTests {

    private static final PlaceName OSLO = PlaceName.newBuilder().setName("Oslo").build();

    private static final PlaceName BERN = PlaceName.newBuilder().setName("Bern").build();

    @RegisterExtension
    static final ToolsServer server = new ToolsServer();

    @Test
    void serverKeepsWhatItGotAndAnswered() {
        server.stub("packed").find(OSLO);
        assertThat(server.recorder().received()).singleElement().satisfies((call) -> {
            assertThat(call.method()).isEqualTo("places.v1.Places/Find");
            assertThat(call.requests()).containsExactly(OSLO);
            assertThat(call.responses()).containsExactly(Place.newBuilder().setName("Oslo").build());
            assertThat(call.deadline()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));
            assertThat(call.status()).isEqualTo(Status.OK);
            assertThat(call.attempts()).isEqualTo(1);
        });
    }

    @Test
    void channelsKeepWhatTheySentWithWhatWasAddedOnTheWay() {
        server.stub("places").withDeadlineAfter(20, TimeUnit.SECONDS).find(OSLO);
        assertThat(server.recorder()).sent("places", PlacesGrpc.getFindMethod())
            .once()
            .withHeader("tag", "x")
            .withRequests(OSLO)
            .withResponses(Place.newBuilder().setName("Oslo").build())
            .withDeadlineOfAtMost(Duration.ofSeconds(20))
            .withAttempts(1)
            .endedWith(Code.OK);
        assertThat(server.recorder().sent("packed")).isEmpty();
    }

    @Test
    void refusedCallsAreKeptToo() {
        server.faults().onServer().poolFull();
        Assertions.assertThatException().isThrownBy(() -> server.stub("places").find(OSLO));
        // The client hears of it first.
        assertThat(server.recorder().awaitReceived(PlacesGrpc.getFindMethod(), Duration.ofSeconds(30)).status())
            .isNotNull();
        assertThat(server.recorder()).received(PlacesGrpc.getFindMethod()).once().endedWith(Code.RESOURCE_EXHAUSTED);
        assertThat(server.recorder()).sent("places", PlacesGrpc.getFindMethod())
            .withTrailer("grpc-retry-pushback-ms", "10")
            .endedWith(Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void runningCallsHaveNoStatusYet() {
        try (RpcStream<Note, Note> notes = RpcStream.open(server.channel("places"), PlacesGrpc.getNotesMethod())) {
            Note note = Note.newBuilder().setText("hi").build();
            notes.send(note);
            RpcExchange call = server.recorder().awaitReceived(PlacesGrpc.getNotesMethod(), Duration.ofSeconds(30));
            assertThat(call.requests()).containsExactly(note);
            assertThat(call.status()).isNull();
            assertThat(call.toString()).isEqualTo("""
                    places.v1.Places/Notes
                      headers:   tag=x
                      deadline:  none
                      requests:  Note {text: "hi"}
                      responses: %s
                      ended:     still running"""
                .formatted(call.responses().isEmpty() ? "none" : "Note {text: \"hi\"}"));
        }
    }

    @Test
    void callsThatComeByThemselvesAreAwaited() {
        Future<Place> found = PlacesGrpc.newFutureStub(server.channel("places")).find(OSLO);
        RpcExchange call = server.recorder().awaitReceived(PlacesGrpc.getFindMethod(), Duration.ofSeconds(30));
        assertThat(call.requests()).containsExactly(OSLO);
        assertThat(call.status()).isEqualTo(Status.OK);
        assertThat(found).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void whatDoesNotComeInTimeIsSaid() {
        server.stub("nowhere");
        server.stub("places").find(OSLO);
        assertThatExceptionOfType(AssertionError.class)
            .isThrownBy(() -> server.recorder().awaitReceived(PlacesGrpc.getWithinMethod(), Duration.ofMillis(20)))
            .withMessage("""
                    Expected a call of places.v1.Places/Within within 20ms, but the server received:
                      1. places.v1.Places/Find
                           headers:   tag=x
                           deadline:  none
                           requests:  PlaceName {name: "Oslo"}
                           responses: Place {name: "Oslo"}
                           ended:     OK""");
    }

    @Test
    void boundsHold() {
        server.stub("places").within(Area.newBuilder().setRadiusKm(150).build()).forEachRemaining((place) -> {
        });
        assertThat(server.recorder().received().get(0).responses()).hasSize(100);
        for (int i = 0; i < 1001; i++) {
            server.stub("inside").find(OSLO);
        }
        assertThat(server.recorder().received()).hasSize(1000)
            .extracting(RpcExchange::method)
            .containsOnly("places.v1.Places/Find");
        server.recorder().clear();
        assertThat(server.recorder().received()).isEmpty();
        assertThat(server.recorder().sent("inside")).isEmpty();
    }

    @Test
    void failuresShowWhatWasExpectedAndWhatThereIs() {
        tagged("y").find(OSLO);
        tagged("z").find(BERN);
        RpcRecorderAssert calls = assertThat(server.recorder()).received(PlacesGrpc.getFindMethod());
        assertThatExceptionOfType(AssertionError.class)
            .isThrownBy(() -> calls.withRequests(BERN).withHeader("tag", "y"))
            .withMessage("""
                    Expected a call of places.v1.Places/Find that the server received
                    with requests PlaceName {name: "Bern"}
                     and header tag=y
                    but there is none among:
                      1. places.v1.Places/Find
                           headers:   tag=z
                           deadline:  none
                           requests:  PlaceName {name: "Bern"}
                           responses: Place {name: "Bern"}
                           ended:     OK""");
        assertThatExceptionOfType(AssertionError.class)
            .isThrownBy(() -> assertThat(server.recorder()).sent("inside", PlacesGrpc.getFindMethod()).once())
            .withMessage("""
                    Expected 1 call of places.v1.Places/Find that channel 'inside' sent
                    but there are 2:
                      1. places.v1.Places/Find
                           headers:   tag=y
                           deadline:  none
                           requests:  PlaceName {name: "Oslo"}
                           responses: Place {name: "Oslo"}
                           ended:     OK
                      2. places.v1.Places/Find
                           headers:   tag=z
                           deadline:  none
                           requests:  PlaceName {name: "Bern"}
                           responses: Place {name: "Bern"}
                           ended:     OK""");
    }

    @Test
    void failuresShowOtherCallsWhereThereIsNoneOfTheMethod() {
        assertThat(server.recorder()).received(PlacesGrpc.getFindMethod()).never();
        assertThatExceptionOfType(AssertionError.class)
            .isThrownBy(() -> assertThat(server.recorder()).received(PlacesGrpc.getFindMethod()).once())
            .withMessage("""
                    Expected 1 call of places.v1.Places/Find that the server received
                    but there is none among:
                      none""");
        server.stub("inside").find(OSLO);
        assertThatExceptionOfType(AssertionError.class).isThrownBy(
                () -> assertThat(server.recorder()).received(PlacesGrpc.getTravelMethod()).endedWith(Code.NOT_FOUND))
            .withMessageContaining("with end NOT_FOUND\nbut there is none among:\n  1. places.v1.Places/Find\n");
        assertThatExceptionOfType(AssertionError.class)
            .isThrownBy(() -> assertThat(server.recorder()).received(PlacesGrpc.getFindMethod()).never())
            .withMessageStartingWith(
                    "Expected 0 call of places.v1.Places/Find that the server received\nbut there are 1:");
    }

    @Test
    void longListsAndTextsAreShortened() {
        PlaceName large = PlaceName.newBuilder().setName("Z".repeat(300)).build();
        for (int i = 0; i < 12; i++) {
            server.stub("inside").find(large);
        }
        String text = ExchangeText.of(server.recorder().received());
        assertThat(text).contains("PlaceName {name: \"" + "Z".repeat(193) + "…}").endsWith("\n  and 2 more");
    }

    @Test
    void unknownChannelsAreRefused() {
        assertThatExceptionOfType(RpcConfigurationException.class).isThrownBy(() -> server.recorder().sent("packd"))
            .withMessageStartingWith(
                    "The test names the channel 'packd', which is not configured." + " Configured channels: packed, ");
    }

    private static PlacesGrpc.PlacesBlockingStub tagged(String tag) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("tag", Metadata.ASCII_STRING_MARSHALLER), tag);
        Channel channel = ClientInterceptors.intercept(server.channel("inside"),
                List.of(MetadataUtils.newAttachHeadersInterceptor(headers)));
        return PlacesGrpc.newBlockingStub(channel);
    }

}
