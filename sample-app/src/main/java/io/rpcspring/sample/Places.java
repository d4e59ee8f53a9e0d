package io.rpcspring.sample;

import java.util.Optional;

import com.google.rpc.ResourceInfo;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcError;
import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

/**
 * Serves {@code places.v1.Places}, one handler for each call kind, as a plain object.
 */
@RpcService(PlacesGrpc.class)
class Places {

    private final Atlas atlas;

    private final NoteBoard board;

    Places(Atlas atlas, NoteBoard board) {
        this.atlas = atlas;
        this.board = board;
    }

    Place find(PlaceName name) throws StatusException {
        return this.atlas.find(name.getName()).orElseThrow(() -> noSuchPlace(name.getName()));
    }

    void within(Area area, MessageSender<Place> out) throws StatusException {
        if (!area.hasCentre() || !(area.getRadiusKm() > 0)) {
            throw Status.INVALID_ARGUMENT.withDescription("An area has a centre and a positive radius").asException();
        }
        for (Place place : this.atlas.within(area.getCentre(), area.getRadiusKm())) {
            out.send(place);
        }
    }

    Distance travel(MessageReceiver<Point> points) {
        double kilometres = 0;
        Optional<Point> last = Optional.empty();
        for (Point point : points) {
            kilometres += last.map((from) -> Atlas.kilometres(from, point)).orElse(0.0);
            last = Optional.of(point);
        }
        return Distance.newBuilder().setKilometres(kilometres).build();
    }

    void notes(MessageReceiver<Note> in, MessageSender<Note> out) throws StatusException {
        for (Note note : in) {
            Place place = this.atlas.find(note.getPlace()).orElseThrow(() -> noSuchPlace(note.getPlace()));
            for (Note earlier : this.board.pin(place.getZone(), note)) {
                out.send(earlier);
            }
        }
    }

    static StatusException noSuchPlace(String name) {
        return RpcError
            .of(Code.NOT_FOUND, "No place is called '" + name + "'",
                    ResourceInfo.newBuilder().setResourceType("place").setResourceName(name).build())
            .asException();
    }

}
