package io.rpcspring.validation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.example.bookings.Bill;
import com.example.bookings.BookingsGrpc;
import com.example.bookings.Query;
import com.example.bookings.Station;
import com.example.bookings.Ticket;
import com.example.bookings.Trip;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.springframework.util.ClassUtils;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Diary;
import io.rpcspring.fixture.PlacesServer;

/**
 * Books trips, in both styles of a service, and what a server needs to check them.
 */
final class Bookings {

    static final Class<?> AUTO_CONFIGURATION = ClassUtils
        .resolveClassName("io.rpcspring.autoconfigure.RpcValidationAutoConfiguration", null);

    /** Breaks no rule. */
    static final Trip GOOD = Trip.newBuilder().setFrom("Zurich").setTo("Rome").setSeats(1).setInvoice("to me").build();

    /** Breaks one. */
    static final Trip BAD = GOOD.toBuilder().setSeats(10).build();

    /** What a client is told of it, behind the name of the method. */
    static final String WHY = " is not valid: seats: must be greater than or equal to 1 and less than or equal to 9";

    private Bookings() {
    }

    static PlacesServer start(Object service, String... properties) {
        return start(List.of(service), properties);
    }

    static PlacesServer start(Collection<?> beans, String... properties) {
        List<Object> all = new ArrayList<>(beans);
        all.add(AUTO_CONFIGURATION);
        return PlacesServer.start(all, properties);
    }

    private static Ticket ticket(Trip trip) {
        return Ticket.newBuilder().setNumber("No " + trip.getSeats()).build();
    }

    private static void note(Throwable thrown, Diary diary) {
        Status status = Status.fromThrowable(thrown);
        diary.note(status.getCode() + ": " + status.getDescription());
    }

    /**
     * As a plain object.
     *
     * @param diary is written
     */
    @RpcService(BookingsGrpc.class)
    record Plain(Diary diary) {

        Ticket book(Trip trip) {
            this.diary.note(trip.getTo());
            return ticket(trip);
        }

        void offers(Trip trip, MessageSender<Ticket> out) {
            this.diary.note(trip.getTo());
            out.send(ticket(trip));
        }

        Ticket collect(MessageReceiver<Trip> in) {
            readAll(in, (trip) -> {
            });
            return ticket(GOOD);
        }

        void exchange(MessageReceiver<Trip> in, MessageSender<Ticket> out) {
            readAll(in, (trip) -> out.send(ticket(trip)));
        }

        Stream<Station> stations(Query query) {
            return Stream.of(Station.getDefaultInstance());
        }

        Ticket split(Bill bill) {
            return ticket(GOOD);
        }

        private void readAll(MessageReceiver<Trip> in, Consumer<Trip> next) {
            try {
                for (Trip trip : in) {
                    this.diary.note(trip.getTo());
                    next.accept(trip);
                }
            }
            catch (RuntimeException ex) {
                note(ex, this.diary);
                throw ex;
            }
        }

    }

    /** As a generated base class. */
    @RpcService
    static class Observers extends BookingsGrpc.BookingsImplBase {

        private final Diary diary;

        Observers(Diary diary) {
            this.diary = diary;
        }

        @Override
        public void book(Trip trip, StreamObserver<Ticket> response) {
            this.diary.note(trip.getTo());
            response.onNext(ticket(trip));
            response.onCompleted();
        }

        @Override
        public void offers(Trip trip, StreamObserver<Ticket> response) {
            book(trip, response);
        }

        @Override
        public StreamObserver<Trip> collect(StreamObserver<Ticket> response) {
            return requests((trip) -> {
            }, () -> {
                response.onNext(ticket(GOOD));
                response.onCompleted();
            });
        }

        @Override
        public StreamObserver<Trip> exchange(StreamObserver<Ticket> response) {
            return requests((trip) -> response.onNext(ticket(trip)), response::onCompleted);
        }

        @Override
        public void stations(Query query, StreamObserver<Station> response) {
            response.onNext(Station.getDefaultInstance());
            response.onCompleted();
        }

        @Override
        public void split(Bill bill, StreamObserver<Ticket> response) {
            response.onNext(ticket(GOOD));
            response.onCompleted();
        }

        private StreamObserver<Trip> requests(Consumer<Trip> next, Runnable end) {
            return new StreamObserver<>() {

                @Override
                public void onNext(Trip trip) {
                    Observers.this.diary.note(trip.getTo());
                    next.accept(trip);
                }

                @Override
                public void onError(Throwable thrown) {
                    Bookings.note(thrown, Observers.this.diary);
                }

                @Override
                public void onCompleted() {
                    end.run();
                }

            };
        }

    }

}
