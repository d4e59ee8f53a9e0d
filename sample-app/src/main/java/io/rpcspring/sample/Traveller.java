package io.rpcspring.sample;

import java.util.ArrayList;
import java.util.List;

import com.google.rpc.ResourceInfo;
import io.grpc.Channel;
import org.springframework.stereotype.Component;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcError;
import io.rpcspring.RpcStream;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;
import io.rpcspring.sample.places.Point;

/**
 * Finds places and travels between them. The stub and the streams share one channel.
 */
@Component
class Traveller {

    private final PlacesBlockingStub places;

    private final Channel channel;

    Traveller(@RpcClient("places") PlacesBlockingStub places, @RpcClient("places") Channel channel) {
        this.places = places;
        this.channel = channel;
    }

    /** Unary. */
    Place find(String name) {
        return this.places.find(PlaceName.newBuilder().setName(name).build());
    }

    /** What a call has asked for in vain, as the details of its error say. */
    String unknownPlace(Exception ex) {
        RpcError error = RpcError.from(ex);
        return error.find(ResourceInfo.class).map(ResourceInfo::getResourceName).orElse(error.message());
    }

    /** Server streaming: the iterator waits for the next place. */
    List<Place> around(Place centre, double radiusKm) {
        Area area = Area.newBuilder().setCentre(centre.getLocation()).setRadiusKm(radiusKm).build();
        List<Place> found = new ArrayList<>();
        this.places.within(area).forEachRemaining(found::add);
        return found;
    }

    /** Client streaming: the length comes after the last point. */
    double travel(List<Place> stops) {
        try (RpcStream<Point, Distance> trip = RpcStream.open(this.channel, PlacesGrpc.getTravelMethod())) {
            for (Place stop : stops) {
                trip.send(stop.getLocation());
            }
            return trip.finish().getKilometres();
        }
    }

    /** Bidirectional streaming: an open conversation that its user closes. */
    RpcStream<Note, Note> notes() {
        return RpcStream.open(this.channel, PlacesGrpc.getNotesMethod());
    }

}
