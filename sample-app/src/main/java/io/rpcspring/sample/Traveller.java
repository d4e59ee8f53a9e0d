package io.rpcspring.sample;

import java.util.ArrayList;
import java.util.List;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import org.springframework.stereotype.Component;

import io.rpcspring.RpcClient;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingV2Stub;
import io.rpcspring.sample.places.Point;

/**
 * Finds places and travels between them: a blocking stub for plain questions, a blocking
 * V2 stub for streams that it writes to. Both share the channel that its name says.
 */
@Component
class Traveller {

    private final PlacesBlockingStub places;

    private final PlacesBlockingV2Stub streams;

    Traveller(@RpcClient("places") PlacesBlockingStub places, @RpcClient("places") PlacesBlockingV2Stub streams) {
        this.places = places;
        this.streams = streams;
    }

    /** Unary. */
    Place find(String name) {
        return this.places.find(PlaceName.newBuilder().setName(name).build());
    }

    /** Server streaming: the iterator waits for the next place. */
    List<Place> around(Place centre, double radiusKm) {
        Area area = Area.newBuilder().setCentre(centre.getLocation()).setRadiusKm(radiusKm).build();
        List<Place> found = new ArrayList<>();
        this.places.within(area).forEachRemaining(found::add);
        return found;
    }

    /** Client streaming: the length comes after the last point. */
    double travel(List<Place> stops) throws InterruptedException, StatusException {
        BlockingClientCall<Point, Distance> trip = this.streams.travel();
        for (Place stop : stops) {
            trip.write(stop.getLocation());
        }
        trip.halfClose();
        Distance distance = trip.read();
        return (distance != null) ? distance.getKilometres() : 0;
    }

    /** Bidirectional streaming: an open conversation that its user closes. */
    BlockingClientCall<Note, Note> notes() {
        return this.streams.notes();
    }

}
