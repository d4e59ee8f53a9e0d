package io.rpcspring.validation;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.example.bookings.Bill;
import com.example.bookings.BookingsGrpc;
import com.example.bookings.Query;
import com.example.bookings.Ticket;
import com.example.bookings.Trip;
import com.example.mistakes.MisspeltGrpc;
import com.example.mistakes.MisspeltOuter;
import com.google.rpc.BadRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcError;
import io.rpcspring.RpcStream;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.Diary;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A client that checks its requests fails as if the server had refused them.
 */
class ClientValidationTests {

    private static final Diary DIARY = new Diary();

    private static @Nullable PlacesServer server;

    private static @Nullable PlacesServer client;

    /** The server would take anything, so that only the client refuses. */
    @BeforeAll
    static void start() {
        server = Bookings.start(List.of(DIARY, Bookings.Plain.class), "rpc.server.validation.enabled=false");
        String target = "localhost:" + server.port();
        client = Bookings.start(List.of(new Diary(), Bookings.Plain.class),
                "rpc.client.channels.checked.target=" + target, "rpc.client.channels.checked.validation=true",
                "rpc.client.channels.checked.methods[bookings.v1.Bookings/Offers].validation=false",
                "rpc.client.channels.single.target=" + target,
                "rpc.client.channels.single.methods[bookings.v1.Bookings/Offers].validation=true",
                "rpc.client.channels.unchecked.target=" + target);
    }

    @AfterAll
    static void stop() {
        Objects.requireNonNull(client).close();
        Objects.requireNonNull(server).close();
    }

    @BeforeEach
    void clear() {
        // Who was cancelled writes it down a moment later.
        Objects.requireNonNull(server).awaitIdle();
        DIARY.clear();
    }

    private static Channel channel(String name) {
        return Objects.requireNonNull(client).bean(RpcChannels.class).get(name);
    }

    private static Ended call(String channel, MethodDescriptor<Trip, Ticket> method, Trip... trips) {
        return Flood.call(channel(channel), method, List.of(trips), CallOptions.DEFAULT, new Metadata())
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
    }

    static List<MethodDescriptor<Trip, Ticket>> kinds() {
        return List.of(BookingsGrpc.getBookMethod(), BookingsGrpc.getCollectMethod(), BookingsGrpc.getExchangeMethod());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void refusedRequestReadsAsIfTheServerHadRefusedIt(MethodDescriptor<Trip, Ticket> method) {
        Ended here = call("checked", method, Bookings.BAD);
        Ended there = Flood.call(Objects.requireNonNull(client).channel(), method, Bookings.BAD, CallOptions.DEFAULT)
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
        assertThat(Details.status(here)).isEqualTo(Details.status(there));
        RpcError error = RpcError.from(here.status().asException(here.trailers()));
        assertThat(error.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(error.message()).isEqualTo("The request of " + method.getFullMethodName() + Bookings.WHY);
        assertThat(error.find(BadRequest.class)).isPresent();
    }

    @Test
    void refusedOneRequestNeverLeaves() {
        call("checked", BookingsGrpc.getBookMethod(), Bookings.BAD);
        call("checked", BookingsGrpc.getBookMethod(), Bookings.GOOD);
        assertThat(DIARY.entries()).containsExactly("Rome");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void goodRequestsLeave(MethodDescriptor<Trip, Ticket> method) {
        assertThat(call("checked", method, Bookings.GOOD).status()).isEqualTo(Status.OK);
        assertThat(DIARY.entries()).containsExactly("Rome");
    }

    @Test
    void methodsHaveTheirOwn() {
        assertThat(call("checked", BookingsGrpc.getOffersMethod(), Bookings.BAD).status()).isEqualTo(Status.OK);
        assertThat(call("single", BookingsGrpc.getOffersMethod(), Bookings.BAD).is(Status.Code.INVALID_ARGUMENT))
            .isTrue();
        assertThat(call("single", BookingsGrpc.getBookMethod(), Bookings.BAD).status()).isEqualTo(Status.OK);
        assertThat(call("unchecked", BookingsGrpc.getBookMethod(), Bookings.BAD).status()).isEqualTo(Status.OK);
    }

    @Test
    void everyKindOfStubGetsIt() throws Exception {
        Channel checked = channel("checked");
        String message = "INVALID_ARGUMENT: The request of bookings.v1.Bookings/Book" + Bookings.WHY;
        assertThatExceptionOfType(StatusRuntimeException.class)
            .isThrownBy(() -> BookingsGrpc.newBlockingStub(checked).book(Bookings.BAD))
            .withMessage(message);
        assertThatExceptionOfType(StatusException.class)
            .isThrownBy(() -> BookingsGrpc.newBlockingV2Stub(checked).book(Bookings.BAD))
            .withMessage(message);
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(() -> BookingsGrpc.newFutureStub(checked).book(Bookings.BAD).get(20, TimeUnit.SECONDS))
            .havingCause()
            .withMessage(message);
        assertThat(BookingsGrpc.newBlockingStub(checked).book(Bookings.GOOD)).isNotNull();
        assertThat(BookingsGrpc.newBlockingV2Stub(checked).book(Bookings.GOOD)).isNotNull();
    }

    @Test
    void streamsGetIt() {
        String why = Bookings.WHY;
        try (RpcStream<Trip, Ticket> offers = RpcStream.open(channel("single"), BookingsGrpc.getOffersMethod())) {
            offers.send(Bookings.BAD);
            assertThatThrownBy(offers::hasNext)
                .hasMessage("INVALID_ARGUMENT: The request of bookings.v1.Bookings/Offers" + why);
        }
        try (RpcStream<Trip, Ticket> exchange = RpcStream.open(channel("checked"), BookingsGrpc.getExchangeMethod())) {
            exchange.send(Bookings.GOOD);
            assertThat(exchange.next()).isNotNull();
            exchange.send(Bookings.BAD);
            String message = "INVALID_ARGUMENT: The request of bookings.v1.Bookings/Exchange" + why;
            assertThatThrownBy(exchange::next).hasMessage(message);
            assertThatThrownBy(() -> exchange.send(Bookings.GOOD)).hasMessage(message);
        }
        Objects.requireNonNull(server).awaitIdle();
    }

    @Test
    void openedStreamOfOneRequestCanBeLeft() {
        RpcStream.open(channel("single"), BookingsGrpc.getOffersMethod()).close();
        try (RpcStream<Trip, Ticket> offers = RpcStream.open(channel("single"), BookingsGrpc.getOffersMethod())) {
            offers.send(Bookings.GOOD);
            offers.halfClose();
            assertThat(offers.next()).isNotNull();
            assertThat(offers.hasNext()).isFalse();
        }
        Objects.requireNonNull(server).awaitIdle();
    }

    @Test
    void ruleThatCannotBeEvaluatedFailsTheCall() {
        Ended end = Flood
            .call(channel("checked"), BookingsGrpc.getSplitMethod(), Bill.newBuilder().setTotal(4711).build(),
                    CallOptions.DEFAULT)
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
        assertThat(end.status().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(Details.reason(end)).isEqualTo("rpcspring.io/FAILED");
        assertThat(end.status().getDescription()).isEqualTo("The rule 'bill.share' of bookings.v1.Bill cannot be"
                + " evaluated for a message of bookings.v1.Bookings/Split");
    }

    @Test
    void mistakenRuleIsNamedWithTheFirstCall() {
        assertThatExceptionOfType(RpcConfigurationException.class)
            .isThrownBy(() -> MisspeltGrpc.newBlockingStub(channel("checked")).ask(MisspeltOuter.getDefaultInstance()))
            .withMessageStartingWith("A rule of mistakes.MisspeltInner in mistakes.proto cannot be compiled: Failed")
            .withMessageEndingWith("Correct the rule in mistakes.proto, or set rpc.client.channels.checked.validation"
                    + " to false to go without rules meanwhile.");
    }

    @Test
    void whatHasNoRulesIsLeftAlone() {
        assertThat(Flood
            .call(channel("checked"), BookingsGrpc.getStationsMethod(), Query.getDefaultInstance(), CallOptions.DEFAULT)
            .orTimeout(20, TimeUnit.SECONDS)
            .join()
            .status()).isEqualTo(Status.OK);
    }

}
