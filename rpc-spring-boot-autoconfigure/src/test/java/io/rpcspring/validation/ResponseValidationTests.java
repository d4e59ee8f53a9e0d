package io.rpcspring.validation;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.example.bookings.BookingsGrpc;
import com.example.bookings.Ticket;
import com.example.bookings.Trip;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.OwnLog;
import io.rpcspring.fixture.PlacesServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A response that breaks a rule does not leave the server, if that is wanted, and its
 * call does not end well, whatever the handler does.
 */
@ParameterizedClass
@ValueSource(classes = { ResponseValidationTests.Plain.class, ResponseValidationTests.Careless.class,
        ResponseValidationTests.Observers.class })
@ExtendWith(OutputCaptureExtension.class)
class ResponseValidationTests {

    private static @Nullable PlacesServer server;

    @Parameter
    Class<?> service = Object.class;

    @BeforeParameterizedClassInvocation
    static void start(Class<?> service) {
        server = Bookings.start(service, "rpc.server.validation.responses=true");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        Objects.requireNonNull(server).close();
    }

    static Stream<MethodDescriptor<Trip, Ticket>> kinds() {
        return Stream.of(BookingsGrpc.getBookMethod(), BookingsGrpc.getOffersMethod(), BookingsGrpc.getCollectMethod(),
                BookingsGrpc.getExchangeMethod());
    }

    private static Ended call(MethodDescriptor<Trip, Ticket> method, Trip trip) {
        return Flood.call(Objects.requireNonNull(server).channel(), method, trip, CallOptions.DEFAULT)
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void goodResponsesLeave(MethodDescriptor<Trip, Ticket> method) {
        assertThat(call(method, Bookings.GOOD.toBuilder().setInvoice("good number").build()).status())
            .isEqualTo(Status.OK);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void badResponseIsTheServersFailure(MethodDescriptor<Trip, Ticket> method, CapturedOutput output) {
        Ended end = call(method, Bookings.GOOD.toBuilder().setInvoice("no").build());
        assertThat(end.status().getCode()).isEqualTo(Status.Code.INTERNAL);
        String text = String.valueOf(end.status().getDescription());
        assertThat(text).matches("The server has made a response that is not valid, id [0-9a-f]{8}");
        assertThat(Details.reason(end)).isEqualTo("rpcspring.io/INVALID_RESPONSE");
        assertThat(OwnLog.of(output)
            .lines()
            .filter((line) -> line.matches(".* (WARN|ERROR) .*") && !line.contains("HandlerBinder"))).singleElement()
            .asString()
            .endsWith("A response of " + method.getFullMethodName() + " is not valid, "
                    + text.substring(text.lastIndexOf("id")) + ": number: must be at least 3 characters");
        Objects.requireNonNull(server).awaitIdle();
    }

    private static Ticket ticket(Trip trip) {
        return Ticket.newBuilder().setNumber(trip.getInvoice()).build();
    }

    /** A plain object. */
    @RpcService(BookingsGrpc.class)
    static class Plain {

        Ticket book(Trip trip) {
            return ticket(trip);
        }

        void offers(Trip trip, MessageSender<Ticket> out) {
            out.send(ticket(trip));
        }

        Ticket collect(MessageReceiver<Trip> in) {
            Ticket last = Ticket.getDefaultInstance();
            for (Trip trip : in) {
                last = ticket(trip);
            }
            return last;
        }

        void exchange(MessageReceiver<Trip> in, MessageSender<Ticket> out) {
            in.forEach((trip) -> offers(trip, out));
        }

    }

    /** One that does not care whether it can send. */
    @RpcService(BookingsGrpc.class)
    static class Careless extends Plain {

        @Override
        void offers(Trip trip, MessageSender<Ticket> out) {
            try {
                super.offers(trip, out);
            }
            catch (RuntimeException ex) {
                // Goes on.
            }
        }

    }

    /** A generated base class. */
    @RpcService
    static class Observers extends BookingsGrpc.BookingsImplBase {

        @Override
        public void book(Trip trip, StreamObserver<Ticket> response) {
            response.onNext(ticket(trip));
            response.onCompleted();
        }

        @Override
        public void offers(Trip trip, StreamObserver<Ticket> response) {
            book(trip, response);
        }

        @Override
        public StreamObserver<Trip> collect(StreamObserver<Ticket> response) {
            return exchange(response);
        }

        @Override
        public StreamObserver<Trip> exchange(StreamObserver<Ticket> response) {
            return new StreamObserver<>() {

                @Override
                public void onNext(Trip trip) {
                    response.onNext(ticket(trip));
                }

                @Override
                public void onError(Throwable thrown) {
                }

                @Override
                public void onCompleted() {
                    response.onCompleted();
                }

            };
        }

    }

}
