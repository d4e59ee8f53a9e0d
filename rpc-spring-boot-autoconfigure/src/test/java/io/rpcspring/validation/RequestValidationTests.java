package io.rpcspring.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import build.buf.validate.Violation;
import build.buf.validate.Violations;
import com.example.bookings.Bill;
import com.example.bookings.BookingsGrpc;
import com.example.bookings.Query;
import com.example.bookings.Ticket;
import com.example.bookings.Trip;
import com.google.rpc.BadRequest;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.Diary;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request that breaks a rule ends its call and does not get to the application, for
 * each kind of call, both styles of services, and on each kind of thread.
 */
@ParameterizedClass(name = "{0} on {1} threads")
@MethodSource("servers")
class RequestValidationTests {

    private static @Nullable PlacesServer server;

    private static final Diary DIARY = new Diary();

    @Parameter(0)
    Class<?> style = Object.class;

    @Parameter(1)
    String threads = "";

    static Stream<Arguments> servers() {
        boolean virtual = Runtime.version().feature() >= 21;
        return Stream.of(Bookings.Plain.class, Bookings.Observers.class)
            .flatMap((style) -> (virtual ? Stream.of("platform", "virtual") : Stream.of("platform"))
                .map((threads) -> Arguments.of(style, threads)));
    }

    @BeforeParameterizedClassInvocation
    static void start(Class<?> style, String threads) {
        server = Bookings.start(List.of(DIARY, style), "rpc.server.pools.default.type=" + threads,
                "rpc.server.pools.streams.type=" + threads);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server().close();
    }

    private static PlacesServer server() {
        return Objects.requireNonNull(server);
    }

    @BeforeEach
    void clear() {
        DIARY.clear();
    }

    private static MethodDescriptor<Trip, Ticket> method(MethodType kind) {
        return switch (kind) {
            case UNARY -> BookingsGrpc.getBookMethod();
            case SERVER_STREAMING -> BookingsGrpc.getOffersMethod();
            case CLIENT_STREAMING -> BookingsGrpc.getCollectMethod();
            case BIDI_STREAMING -> BookingsGrpc.getExchangeMethod();
            case UNKNOWN -> throw new IllegalArgumentException();
        };
    }

    private static Ended send(MethodType kind, Trip... trips) {
        CompletableFuture<Ended> end = Flood.call(server().channel(), method(kind), List.of(trips), CallOptions.DEFAULT,
                new Metadata());
        return end.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
    void goodRequestsPass(MethodType kind) {
        assertThat(send(kind, Bookings.GOOD).status()).isEqualTo(Status.OK);
        assertThat(DIARY.entries()).containsExactly("Rome");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
    void badRequestIsRefusedWithWhatIsWrong(MethodType kind) {
        Ended end = send(kind, Bookings.BAD);
        assertThat(end.status()).hasToString("Status{code=INVALID_ARGUMENT, description=The request of "
                + method(kind).getFullMethodName() + Bookings.WHY + ", cause=null}");
        assertThat(Details.reason(end)).isEqualTo("rpcspring.io/INVALID_REQUEST");
        assertThat(Details.find(end, BadRequest.class)).contains(BadRequest.newBuilder()
            .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                .setField("seats")
                .setReason("int32.gte_lte")
                .setDescription("must be greater than or equal to 1 and less than or equal to 9"))
            .build());
        assertThat(Details.find(end, Violations.class).orElseThrow().getViolationsList())
            .extracting(Violation::getRuleId)
            .containsExactly("int32.gte_lte");
        if (!kind.clientSendsOneMessage()) {
            DIARY.await(refusal(kind));
        }
        server().awaitIdle();
        assertThat(DIARY.entries()).hasSize(kind.clientSendsOneMessage() ? 0 : 1);
    }

    private static String refusal(MethodType kind) {
        return "INVALID_ARGUMENT: The request of " + method(kind).getFullMethodName() + Bookings.WHY;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.INCLUDE, names = { "CLIENT_STREAMING", "BIDI_STREAMING" })
    void whatCameBeforeTheBadRequestIsServedAndNothingBehindIt(MethodType kind) {
        Trip first = to("Athens");
        Trip second = to("Cairo");
        for (int i = 0; i < 20; i++) {
            DIARY.clear();
            Responses responses = new Responses();
            StreamObserver<Trip> requests = ClientCalls
                .asyncBidiStreamingCall(server().channel().newCall(method(kind), CallOptions.DEFAULT), responses);
            List.of(first, second, Bookings.BAD, to("Tokyo")).forEach(requests::onNext);
            List<Ticket> tickets = responses.untilFailure(refusal(kind));
            assertThat(tickets).hasSize((kind == MethodType.BIDI_STREAMING) ? 2 : 0);
            DIARY.await(refusal(kind));
            assertThat(DIARY.entries()).containsExactly("Athens", "Cairo", refusal(kind));
        }
    }

    private static Trip to(String place) {
        return Bookings.GOOD.toBuilder().setTo(place).build();
    }

    @Test
    void whatHasNoRulesIsNotChecked() {
        Ended end = Flood
            .call(server().channel(), BookingsGrpc.getStationsMethod(), Query.getDefaultInstance(), CallOptions.DEFAULT)
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
        assertThat(end.status()).isEqualTo(Status.OK);
    }

    /** The caller gets no more than an id: what a rule cannot do is no mistake of his. */
    @Test
    void ruleThatCannotBeEvaluatedIsTheServersFailure() {
        Ended end = Flood
            .call(server().channel(), BookingsGrpc.getSplitMethod(), Bill.newBuilder().setTotal(5).build(),
                    CallOptions.DEFAULT)
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
        assertThat(end.status().getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(end.status().getDescription()).matches("The server failed, id [0-9a-f]{8}");
    }

    /** What a client is told, one after the other. */
    private static final class Responses implements StreamObserver<Ticket> {

        private final List<Ticket> tickets = new ArrayList<>();

        private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

        private List<Ticket> untilFailure(String message) {
            assertThat(this.failure.orTimeout(20, TimeUnit.SECONDS).join()).hasMessage(message);
            return this.tickets;
        }

        @Override
        public void onNext(Ticket ticket) {
            this.tickets.add(ticket);
        }

        @Override
        public void onError(Throwable thrown) {
            this.failure.complete(thrown);
        }

        @Override
        public void onCompleted() {
            this.failure.complete(new IllegalStateException("The call ended well"));
        }

    }

}
