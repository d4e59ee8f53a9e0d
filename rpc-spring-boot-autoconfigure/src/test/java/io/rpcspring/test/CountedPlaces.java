package io.rpcspring.test;

import java.util.concurrent.atomic.AtomicInteger;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

/**
 * Serves made-up places, and counts the calls that come so far.
 */
@RpcService(PlacesGrpc.class)
class CountedPlaces {

    final AtomicInteger calls = new AtomicInteger();

    Place find(PlaceName name) {
        this.calls.incrementAndGet();
        return Place.newBuilder().setName(name.getName()).build();
    }

    void within(Area area, MessageSender<Place> out) {
        this.calls.incrementAndGet();
        for (int i = 0; i < area.getRadiusKm(); i++) {
            out.send(Place.newBuilder().setName("Place " + i).build());
        }
    }

    Distance travel(MessageReceiver<Point> points) {
        this.calls.incrementAndGet();
        int count = 0;
        while (points.hasNext()) {
            points.next();
            count++;
        }
        return Distance.newBuilder().setKilometres(count).build();
    }

    void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
        this.calls.incrementAndGet();
        in.forEach(out::send);
    }

}
