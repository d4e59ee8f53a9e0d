package io.rpcspring.sample;

import java.util.ArrayList;
import java.util.List;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcStream;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.test.InProcessRpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Runs the application without a network and calls it.
 */
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest
@InProcessRpc
class SampleApplicationTests {

    private static final Point ZURICH = Point.newBuilder().setLatitude(47.38).setLongitude(8.53).build();

    private static final Point ROME = Point.newBuilder().setLatitude(41.9).setLongitude(12.48).build();

    private final PlacesGrpc.PlacesBlockingStub places;

    private final Channel channel;

    private final ClockGrpc.ClockBlockingStub clock;

    private final ServerGauge gauge;

    SampleApplicationTests(@RpcClient("places") PlacesGrpc.PlacesBlockingStub places,
            @RpcClient("places") ClockGrpc.ClockBlockingStub clock, @Autowired ServerGauge gauge) {
        this.places = places;
        this.clock = clock;
        this.channel = places.getChannel();
        this.gauge = gauge;
    }

    @Test
    void tourPrintsItsTranscriptAndSharesOneConnection(CapturedOutput output) {
        assertThat(output).contains("\nZurich         47.38      8.53   2")
            .contains("\nHonolulu       21.31   -157.86   2")
            .contains("Within 700 km of Zurich: Zurich, Paris, Brussels, Prague, Vienna, Berlin, Rome\n")
            .contains("A trip Zurich - Rome - Athens - Cairo is 2,857 km long\n")
            .contains("A note at Zurich: \"Bring a coat\"\n")
            .contains("NOT_FOUND: Atlantis\n")
            .contains("Around 91 degrees north: INVALID_ARGUMENT, centre.latitude must be greater than or equal to"
                    + " -90 and less than or equal to 90\n")
            .containsPattern("\n95 calls of two services, up to \\d+ at once, over 1 connection\n");
        assertThat(this.gauge.mostAtOnce()).isGreaterThan(1);
        assertThat(this.gauge.connections()).isEqualTo(1);
    }

    @Test
    void findsPlacesByCityOrZoneInAnyCase() {
        for (String name : List.of("New York", "new york", "America/New_York")) {
            Place place = this.places.find(name(name));
            assertThat(place.getName()).isEqualTo("New York");
            assertThat(place.getZone()).isEqualTo("America/New_York");
            assertThat(place.getCountriesList()).containsExactly("US");
            assertThat(place.getLocation().getLatitude()).isBetween(40.71, 40.72);
            assertThat(place.getLocation().getLongitude()).isBetween(-74.01, -74.00);
        }
        assertFails(() -> this.places.find(name("Atlantis")), "NOT_FOUND: No place is called 'Atlantis'");
    }

    @Test
    void findsPlacesWithinAnArea() {
        Area area = Area.newBuilder().setCentre(ZURICH).setRadiusKm(500).build();
        assertThat(this.places.within(area)).toIterable()
            .extracting(Place::getName)
            .containsExactly("Zurich", "Paris", "Brussels");
        Area everywhere = area.toBuilder().setRadiusKm(21_000).build();
        assertThat(this.places.within(everywhere)).toIterable().hasSizeGreaterThan(300).doesNotHaveDuplicates();
        String reason = "INVALID_ARGUMENT: An area has a centre and a positive radius";
        assertFails(() -> this.places.within(area.toBuilder().setRadiusKm(0).build()).next(), reason);
        assertFails(() -> this.places.within(area.toBuilder().setRadiusKm(Double.NaN).build()).next(), reason);
        assertFails(() -> this.places.within(area.toBuilder().clearCentre().build()).next(), reason);
    }

    @Test
    void measuresTrips() {
        assertThat(travel()).isZero();
        assertThat(travel(ZURICH)).isZero();
        assertThat(travel(ZURICH, ROME)).isBetween(680.0, 690.0);
        assertThat(travel(ZURICH, ROME, ZURICH)).isEqualTo(2 * travel(ZURICH, ROME));
    }

    @Test
    void notesComeBackToWhoeverWritesAtTheSamePlace() {
        List<String> back = new ArrayList<>();
        try (RpcStream<Note, Note> notes = RpcStream.open(this.channel, PlacesGrpc.getNotesMethod())) {
            for (String text : List.of("one", "two", "three")) {
                notes.send(Note.newBuilder().setPlace("Tokyo").setText(text).build());
            }
            notes.halfClose();
            notes.forEach((note) -> back.add(note.getText()));
        }
        assertThat(back).containsExactly("one", "one", "two");
    }

    @Test
    void noteAtAPlaceThatDoesNotExistEndsTheConversation(CapturedOutput output) {
        try (RpcStream<Note, Note> notes = RpcStream.open(this.channel, PlacesGrpc.getNotesMethod())) {
            notes.send(Note.newBuilder().setPlace("Atlantis").build());
            assertFails(notes::next, "NOT_FOUND: No place is called 'Atlantis'");
        }
        assertThat(output).doesNotContain("Exception");
    }

    @Test
    void tellsTheTimeAtAPlace() {
        assertThat(this.clock.timeAt(name("Zurich")).getZone()).isEqualTo("Europe/Zurich");
        assertThat(this.clock.timeAt(name("Honolulu")).getTime()).endsWith("-10:00");
        assertFails(() -> this.clock.timeAt(name("Atlantis")), "NOT_FOUND: No place is called 'Atlantis'");
    }

    private double travel(Point... points) {
        try (RpcStream<Point, Distance> trip = RpcStream.open(this.channel, PlacesGrpc.getTravelMethod())) {
            for (Point point : points) {
                trip.send(point);
            }
            return trip.finish().getKilometres();
        }
    }

    private static PlaceName name(String name) {
        return PlaceName.newBuilder().setName(name).build();
    }

    private static void assertFails(ThrowingCallable call, String message) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call).withMessage(message);
    }

}
