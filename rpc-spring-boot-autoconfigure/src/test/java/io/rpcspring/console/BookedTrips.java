package io.rpcspring.console;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

import com.example.bookings.BookingsGrpc;
import com.example.bookings.BookingsGrpc.BookingsFutureStub;
import com.example.bookings.Ticket;
import com.example.bookings.Trip;
import com.google.common.util.concurrent.ListenableFuture;

import io.rpcspring.RpcService;
import io.rpcspring.client.RpcChannels;

import static org.awaitility.Awaitility.await;

/**
 * Books trips whose rules the page shows, on two threads, and may be kept from it.
 */
@RpcService(value = BookingsGrpc.class, pool = "bookings")
class BookedTrips {

    private static final Trip TRIP = Trip.newBuilder()
        .setFrom("Rome")
        .setTo("Oslo")
        .setSeats(1)
        .setInvoice("x")
        .build();

    private static final String STUCK = "stuck";

    private final Semaphore release = new Semaphore(0);

    Ticket book(Trip trip) throws InterruptedException {
        if (trip.getNote().equals(STUCK)) {
            this.release.acquire();
        }
        return Ticket.newBuilder().setNumber("No " + trip.getSeats()).build();
    }

    /** Calls that wait until they are closed. */
    Load load(RpcChannels channels, int calls) {
        BookingsFutureStub bookings = BookingsGrpc.newFutureStub(channels.get("places"))
            .withDeadlineAfter(Visitor.PATIENCE);
        Trip trip = TRIP.toBuilder().setNote(STUCK).build();
        return new Load(this.release, Stream.generate(() -> bookings.book(trip)).limit(calls).toList());
    }

    /**
     * Many calls.
     *
     * @param release lets them go
     * @param calls that run or wait
     */
    record Load(Semaphore release, List<ListenableFuture<Ticket>> calls) implements AutoCloseable {

        @Override
        public void close() {
            this.release.release(this.calls.size());
            this.calls.forEach((call) -> await().until(call::isDone));
        }

    }

}
