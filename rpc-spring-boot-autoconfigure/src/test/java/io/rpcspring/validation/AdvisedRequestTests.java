package io.rpcspring.validation;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.example.bookings.BookingsGrpc;
import com.example.bookings.Ticket;
import com.example.bookings.Trip;
import com.google.rpc.BadRequest;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcExceptionHandler;
import io.rpcspring.fixture.Diary;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Advices have the last word on requests that break a rule, too.
 */
@ParameterizedClass
@ValueSource(classes = { Bookings.Plain.class, Bookings.Observers.class })
class AdvisedRequestTests {

    private static @Nullable PlacesServer server;

    private static final InTheirWords ADVICE = new InTheirWords();

    @Parameter
    Class<?> style = Object.class;

    @BeforeParameterizedClassInvocation
    static void start(Class<?> style) {
        server = Bookings.start(List.of(new Diary(), style, ADVICE));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        Objects.requireNonNull(server).close();
    }

    static List<MethodDescriptor<Trip, Ticket>> kinds() {
        return List.of(BookingsGrpc.getBookMethod(), BookingsGrpc.getOffersMethod(), BookingsGrpc.getCollectMethod(),
                BookingsGrpc.getExchangeMethod());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void adviceSaysOnceHowACallWithABadRequestEnds(MethodDescriptor<Trip, Ticket> kind) {
        ADVICE.asked.set(0);
        Ended end = Flood
            .call(Objects.requireNonNull(server).channel(), kind, List.of(Bookings.BAD), CallOptions.DEFAULT,
                    new Metadata())
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
        assertThat(end.status()).hasToString("Status{code=OUT_OF_RANGE, description=Look at seats, cause=null}");
        assertThat(ADVICE.asked).hasValue(1);
    }

    /** Says it shorter. */
    @RpcAdvice
    static final class InTheirWords {

        private final AtomicInteger asked = new AtomicInteger();

        @RpcExceptionHandler
        Status invalid(InvalidRequestException ex) {
            this.asked.incrementAndGet();
            return Status.OUT_OF_RANGE.withDescription("Look at " + ex.error()
                .find(BadRequest.class)
                .map((details) -> details.getFieldViolations(0).getField())
                .orElse("nothing"));
        }

    }

}
