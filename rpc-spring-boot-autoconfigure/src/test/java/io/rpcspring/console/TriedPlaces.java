package io.rpcspring.console;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.rpc.BadRequest;
import com.google.rpc.ResourceInfo;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusException;

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
 * Does what people would try: a method of each kind.
 */
@RpcService(PlacesGrpc.class)
public class TriedPlaces {

    static final Metadata.Key<String> TAG = Metadata.Key.of("tag", Metadata.ASCII_STRING_MARSHALLER);

    static final Metadata.Key<byte[]> TRACE = Metadata.Key.of("trace-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** Opens to let go who waits. */
    final CountDownLatch release = new CountDownLatch(1);

    final AtomicInteger sent = new AtomicInteger();

    /** How many have begun to wait. */
    final AtomicInteger waiting = new AtomicInteger();

    final AtomicInteger interrupted = new AtomicInteger();

    Place find(PlaceName name, RpcContext call) throws Exception {
        if (name.getName().equals("wait")) {
            waitForRelease();
        }
        if (name.getName().equals("nowhere")) {
            throw RpcError
                .of(Code.NOT_FOUND, "No place is called 'nowhere'",
                        ResourceInfo.newBuilder().setResourceType("place").setResourceName("nowhere").build(),
                        BadRequest.newBuilder()
                            .addFieldViolations(BadRequest.FieldViolation.newBuilder().setField("name"))
                            .build())
                .asException();
        }
        String tag = call.requestHeaders().get(TAG);
        byte[] trace = call.requestHeaders().get(TRACE);
        if (tag != null) {
            call.responseHeaders().put(TAG, tag);
        }
        if (trace != null) {
            call.responseTrailers().put(TRACE, trace);
        }
        return Place.newBuilder()
            .setName(name.getName())
            .setZone(String.valueOf(call.requestHeaders().keys().contains("rpc-console-call")))
            .build();
    }

    private void waitForRelease() throws InterruptedException {
        this.waiting.incrementAndGet();
        try {
            this.release.await();
        }
        catch (InterruptedException ex) {
            this.interrupted.incrementAndGet();
            throw ex;
        }
    }

    void within(Area area, MessageSender<Place> out) {
        for (int i = 1; i <= area.getRadiusKm(); i++) {
            out.send(Place.newBuilder().setName("Place " + i).build());
            this.sent.incrementAndGet();
        }
    }

    Distance travel(MessageReceiver<Point> points) {
        double sum = 0;
        for (Point point : points) {
            sum += point.getLatitude();
        }
        return Distance.newBuilder().setKilometres(sum).build();
    }

    void notes(MessageReceiver<Note> in, MessageSender<Note> out) throws InterruptedException, StatusException {
        for (Note note : in) {
            if (note.getText().equals("wait")) {
                waitForRelease();
            }
            out.send(note);
        }
    }

}
