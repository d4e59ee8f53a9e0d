package io.rpcspring.docs;

import java.util.ArrayList;
import java.util.List;

import io.grpc.Channel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.rpcspring.RpcStream;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.SharedServer;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the clients of docs/streams.md, one of each kind.
 */
class StreamsPageTests {

    @RegisterExtension
    static final SharedServer SERVER = new SharedServer();

    private final Channel channel = SERVER.running().channel();

    @BeforeAll
    static void start() {
        SERVER.start(List.of(BusyPlaces.class));
    }

    @Test
    void everyKindIsAnswered() {
        assertThat(within(Area.newBuilder().setRadiusKm(1).build())).hasSize(1);
        assertThat(travel(List.of(Point.getDefaultInstance()))).isNotNull();
        assertThat(firstAnswer(List.of(Point.getDefaultInstance()))).isNotNull();
        assertThat(talk(List.of(Note.getDefaultInstance(), Note.getDefaultInstance()))).hasSize(2);
    }

    List<Place> within(Area area) {
        List<Place> found = new ArrayList<>();
        try (RpcStream<Area, Place> places = RpcStream.open(this.channel, PlacesGrpc.getWithinMethod())) {
            places.send(area);
            for (Place place : places) {
                found.add(place);
            }
        }
        return found;
    }

    Distance travel(List<Point> stops) {
        try (RpcStream<Point, Distance> trip = RpcStream.open(this.channel, PlacesGrpc.getTravelMethod())) {
            stops.forEach(trip::send);
            return trip.finish();
        }
    }

    Distance firstAnswer(List<Point> stops) {
        try (RpcStream<Point, Distance> trip = RpcStream.open(this.channel, PlacesGrpc.getTravelMethod())) {
            Thread sender = new Thread(() -> {
                stops.forEach(trip::send);
                trip.halfClose();
            });
            sender.start();
            return trip.next();
        }
    }

    List<Note> talk(List<Note> notes) {
        List<Note> answers = new ArrayList<>();
        try (RpcStream<Note, Note> talk = RpcStream.open(this.channel, PlacesGrpc.getNotesMethod())) {
            Thread sender = new Thread(() -> {
                notes.forEach(talk::send);
                talk.halfClose();
            });
            sender.start();
            talk.forEach(answers::add);
        }
        return answers;
    }

}
