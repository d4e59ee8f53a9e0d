package io.rpcspring.console;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.rpc.ErrorInfo;
import com.google.rpc.Help;
import io.grpc.Metadata;
import io.grpc.Status;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
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
 * Serves places to the page: quickly, slowly, for ever, or with a failure.
 */
@RpcService(PlacesGrpc.class)
class Showcase {

    /** A call for this place waits until it is cancelled. */
    static final String STUCK = "Stuck";

    /** A call for this place fails, with details. */
    static final String NOWHERE = "Nowhere";

    /**
     * A stream around here waits, when it has sent its first 4,999, until it may go on.
     */
    static final int HALFWAY = 50;

    /** A stream around here takes a little while for each message. */
    static final int SLOW = 10;

    private static final int HALF = 5000;

    private static final Metadata.Key<String> ECHO = Metadata.Key.of("echo", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> CALLER = Metadata.Key.of("authorization",
            Metadata.ASCII_STRING_MARSHALLER);

    /** Messages that the stream of places has got rid of. */
    final AtomicInteger sent = new AtomicInteger();

    /** Calls that are stuck. */
    final AtomicInteger stuck = new AtomicInteger();

    /** One permit a call that was cancelled while it was stuck. */
    final Semaphore cancelled = new Semaphore(0);

    /** One permit for each stream that waits halfway. */
    final Semaphore onward = new Semaphore(0);

    Place find(PlaceName name, RpcContext context) throws InterruptedException {
        String echo = context.requestHeaders().get(ECHO);
        if (echo != null) {
            context.responseHeaders().put(ECHO, echo);
            context.responseTrailers().put(ECHO, echo);
        }
        if (name.getName().equals(STUCK)) {
            waitUntilCancelled();
        }
        if (name.getName().startsWith(NOWHERE)) {
            throw nowhere(name.getName()).asRuntimeException();
        }
        String caller = context.requestHeaders().get(CALLER);
        return place(name.getName()).setZone((caller != null) ? caller : "Europe/Zurich").build();
    }

    void within(Area area, MessageSender<Place> out) throws InterruptedException {
        this.sent.set(0);
        if (area.getRadiusKm() < 0) {
            waitUntilCancelled();
        }
        double where = area.getCentre().getLatitude();
        for (int i = 1; i <= area.getRadiusKm(); i++) {
            if (where == HALFWAY && i == HALF) {
                this.onward.acquire();
            }
            if (where == SLOW) {
                TimeUnit.MICROSECONDS.sleep(100);
            }
            out.send(place("Place " + i).build());
            this.sent.set(i);
        }
    }

    Distance travel(MessageReceiver<Point> points) {
        int legs = 0;
        while (points.hasNext()) {
            points.next();
            legs++;
        }
        return Distance.newBuilder().setKilometres(legs).build();
    }

    void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
        for (Note note : in) {
            out.send(note.toBuilder().setText(note.getText() + "!").build());
        }
    }

    private void waitUntilCancelled() throws InterruptedException {
        this.stuck.incrementAndGet();
        try {
            new CountDownLatch(1).await();
        }
        finally {
            this.stuck.decrementAndGet();
            this.cancelled.release();
        }
    }

    private static Place.Builder place(String name) {
        return Place.newBuilder()
            .setName(name)
            .setZone("Europe/Zurich")
            .addCountries("CH")
            .setLocation(Point.newBuilder().setLatitude(47.4).setLongitude(8.5));
    }

    private static RpcError nowhere(String name) {
        return RpcError.of(Status.Code.NOT_FOUND, "No place is called '" + name + "'",
                ErrorInfo.newBuilder()
                    .setReason("NO_SUCH_PLACE")
                    .setDomain("places.example")
                    .putMetadata("asked", name)
                    .build(),
                Help.newBuilder()
                    .addLinks(Help.Link.newBuilder().setDescription("All places").setUrl("https://example.com/places"))
                    .addLinks(Help.Link.newBuilder().setDescription(name).setUrl("javascript:window.harm='link'"))
                    .build());
    }

}
