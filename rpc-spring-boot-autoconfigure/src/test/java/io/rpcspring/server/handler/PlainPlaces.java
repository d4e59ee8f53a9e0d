package io.rpcspring.server.handler;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

import io.grpc.Metadata;
import io.grpc.Status;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

/**
 * A plain object with a handler of each call kind; what it does depends on the request.
 */
@RpcService(PlacesGrpc.class)
class PlainPlaces {

    static final Metadata.Key<String> ECHO = Metadata.Key.of("x-echo", Metadata.ASCII_STRING_MARSHALLER);

    /** How handlers ended that were told to block. */
    final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

    /** Opens when a handler has begun to block. */
    final CountDownLatch blocking = new CountDownLatch(1);

    Place find(PlaceName name, RpcContext context) throws Exception {
        String echo = context.requestHeaders().get(ECHO);
        if (echo != null) {
            context.responseHeaders().put(ECHO, echo);
            context.responseTrailers().put(ECHO, echo);
        }
        misbehave(name.getName());
        return Place.newBuilder().setName(name.getName()).setZone(Thread.currentThread().getName()).build();
    }

    void within(Area area, MessageSender<Place> out) throws Exception {
        if (area.getRadiusKm() < 0) {
            blockUntilInterrupted(() -> {
                while (true) {
                    out.send(Place.newBuilder().setName("x".repeat(1000)).build());
                }
            });
        }
        for (int i = 0; i < area.getRadiusKm(); i++) {
            out.send(Place.newBuilder().setName("Place " + i).setZone(Thread.currentThread().getName()).build());
        }
        if (area.getCentre().getLatitude() == 90) {
            throw new IllegalArgumentException("north pole");
        }
    }

    Distance travel(MessageReceiver<Point> points) throws Exception {
        double sum = 0;
        for (Point point : points) {
            if (point.getLatitude() == 90) {
                throw Status.OUT_OF_RANGE.withDescription("north pole").asException();
            }
            if (point.getLatitude() == -90) {
                blockUntilInterrupted(points::hasNext);
            }
            sum += point.getLongitude();
        }
        return Distance.newBuilder().setKilometres(sum).build();
    }

    void notes(MessageReceiver<Note> in, MessageSender<Note> out) throws Exception {
        for (Note note : in) {
            if (note.getText().equals("stop")) {
                return;
            }
            misbehave(note.getText());
            out.send(note.toBuilder().setPlace(Thread.currentThread().getName()).build());
        }
    }

    private void misbehave(String what) throws Exception {
        switch (what) {
            case "throw" -> throw new IllegalArgumentException("secret");
            case "status" -> throw Status.NOT_FOUND.withDescription("no such place").asException();
            case "cause" -> throw new IllegalStateException(
                    Status.DATA_LOSS.withDescription("lost").asRuntimeException(trailers()));
            case "sleep" -> blockUntilInterrupted(() -> Thread.sleep(60_000));
            case "lock" -> blockUntilInterrupted(() -> new CountDownLatch(1).await());
            case "queue" -> blockUntilInterrupted(() -> new LinkedBlockingQueue<>().take());
            default -> {
            }
        }
    }

    private static Metadata trailers() {
        Metadata trailers = new Metadata();
        trailers.put(ECHO, "trailer");
        return trailers;
    }

    private void blockUntilInterrupted(Blocking blocking) throws Exception {
        this.blocking.countDown();
        try {
            blocking.run();
        }
        catch (Exception ex) {
            this.ends.add(ex.getClass().getSimpleName());
            throw ex;
        }
    }

    /** Something that does not come to an end by itself. */
    private interface Blocking {

        void run() throws Exception;

    }

}
