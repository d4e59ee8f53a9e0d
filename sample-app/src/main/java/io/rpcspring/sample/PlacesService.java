package io.rpcspring.sample;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;

import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

/**
 * Serves {@code places.v1.Places}: one method of each call kind.
 */
@RpcService
class PlacesService extends PlacesGrpc.PlacesImplBase {

    private final Atlas atlas;

    private final NoteBoard board;

    PlacesService(Atlas atlas, NoteBoard board) {
        this.atlas = atlas;
        this.board = board;
    }

    @Override
    public void find(PlaceName request, StreamObserver<Place> response) {
        this.atlas.find(request.getName()).ifPresentOrElse((place) -> {
            response.onNext(place);
            response.onCompleted();
        }, () -> response.onError(noSuchPlace(request.getName())));
    }

    @Override
    public void within(Area request, StreamObserver<Place> response) {
        if (!request.hasCentre() || !(request.getRadiusKm() > 0)) {
            response.onError(Status.INVALID_ARGUMENT.withDescription("An area has a centre and a positive radius")
                .asException());
            return;
        }
        this.atlas.within(request.getCentre(), request.getRadiusKm()).forEach(response::onNext);
        response.onCompleted();
    }

    @Override
    public StreamObserver<Point> travel(StreamObserver<Distance> response) {
        return new Trip(response);
    }

    @Override
    public StreamObserver<Note> notes(StreamObserver<Note> response) {
        return new Conversation(response);
    }

    static StatusException noSuchPlace(String name) {
        return Status.NOT_FOUND.withDescription("No place is called '" + name + "'").asException();
    }

    /** Adds up one trip while its points arrive. */
    private static final class Trip implements StreamObserver<Point> {

        private final StreamObserver<Distance> response;

        private double kilometres;

        private Point last = Point.getDefaultInstance();

        private boolean underWay;

        private Trip(StreamObserver<Distance> response) {
            this.response = response;
        }

        @Override
        public void onNext(Point point) {
            this.kilometres += this.underWay ? Atlas.kilometres(this.last, point) : 0;
            this.last = point;
            this.underWay = true;
        }

        @Override
        public void onError(Throwable cancelled) {
            // The call has ended: there is nobody to answer.
        }

        @Override
        public void onCompleted() {
            this.response.onNext(Distance.newBuilder().setKilometres(this.kilometres).build());
            this.response.onCompleted();
        }

    }

    /** Answers the notes of one client while they arrive. */
    private final class Conversation implements StreamObserver<Note> {

        private final StreamObserver<Note> response;

        private boolean ended;

        private Conversation(StreamObserver<Note> response) {
            this.response = response;
        }

        @Override
        public void onNext(Note note) {
            if (!this.ended) {
                PlacesService.this.atlas.find(note.getPlace())
                    .ifPresentOrElse((place) -> answer(place, note), () -> end(note));
            }
        }

        private void answer(Place place, Note note) {
            PlacesService.this.board.pin(place.getZone(), note).forEach(this.response::onNext);
        }

        private void end(Note note) {
            this.ended = true;
            this.response.onError(noSuchPlace(note.getPlace()));
        }

        @Override
        public void onError(Throwable cancelled) {
            // The call has ended: there is nobody to answer.
        }

        @Override
        public void onCompleted() {
            if (!this.ended) {
                this.response.onCompleted();
            }
        }

    }

}
