package io.rpcspring.validation;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;
import build.buf.validate.Violation;
import build.buf.validate.Violations;
import com.example.bookings.Bill;
import com.example.bookings.BookingsGrpc;
import com.example.bookings.Passenger;
import com.example.bookings.Trip;
import com.google.protobuf.Duration;
import com.google.protobuf.StringValue;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.RpcErrorReason;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.Diary;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.OwnLog;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.server.error.CallEnd;
import io.rpcspring.server.error.OwnStatuses;
import io.rpcspring.server.error.ResponseMetadata;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients are told of requests that break rules, and what they are not told.
 */
@ExtendWith(OutputCaptureExtension.class)
class ViolationsTests {

    private static @Nullable PlacesServer server;

    @BeforeAll
    static void start() {
        server = Bookings.start(List.of(new Diary(), Bookings.Plain.class));
    }

    @AfterAll
    static void stop() {
        Objects.requireNonNull(server).close();
    }

    private static Ended book(Trip trip) {
        return call(BookingsGrpc.getBookMethod(), trip);
    }

    private static <Q> Ended call(MethodDescriptor<Q, ?> method, Q request) {
        return Flood.call(Objects.requireNonNull(server).channel(), method, request, CallOptions.DEFAULT)
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
    }

    private static List<FieldViolation> violations(Ended end) {
        return Details.find(end, BadRequest.class).orElseThrow().getFieldViolationsList();
    }

    private static String lines(List<FieldViolation> violations) {
        return violations.stream()
            .map((violation) -> "%s | %s | %s".formatted(violation.getField(), violation.getReason(),
                    violation.getDescription()))
            .collect(Collectors.joining("\n"));
    }

    @Test
    void eachHasItsPathItsRuleAndItsWords() {
        Trip trip = Bookings.GOOD.toBuilder()
            .setFrom("X")
            .setTo("X")
            .setMail("nobody")
            .addPassengers(Passenger.newBuilder().setName("Ann"))
            .addPassengers(Passenger.getDefaultInstance())
            .putExtras("bicycle", "")
            .putBySeat(-7, Passenger.getDefaultInstance())
            .setCard("12")
            .setComfortValue(9)
            .setChange(Duration.newBuilder().setSeconds(1))
            .setNickname(StringValue.of("nickname"))
            .addAllStops(List.of("Bern", "", "Bern"))
            .setNote("x".repeat(200))
            .setBack(Bookings.GOOD.toBuilder().clearInvoice())
            .build();
        assertThat(lines(violations(book(trip)))).isEqualTo("""
                 | trip.leads_elsewhere | a trip leads elsewhere
                from | string.min_len | must be at least 2 characters
                mail | string.email | must be a valid email address
                passengers[1].name | string.min_len | must be at least 1 characters
                extras["bicycle"] | string.min_len | must be at least 1 characters
                by_seat[-7].name | string.min_len | must be at least 1 characters
                card | string.pattern | does not match regex pattern `^[0-9]{4}$`
                comfort | enum.defined_only | value must be one of the defined enum values
                change | duration.gte | must be greater than or equal to 60s
                nickname | string.max_len | must be at most 5 characters
                stops | repeated.unique | repeated value must contain unique items
                stops[1] | string.min_len | must be at least 1 characters
                note | note.short | a note has fewer than 200 characters
                back.payment | required | exactly one field is required in oneof""");
    }

    @Test
    void protovalidatesOwnAreThere() {
        Trip trip = Bookings.GOOD.toBuilder().addPassengers(Passenger.getDefaultInstance()).build();
        Violation violation = own(book(trip)).get(0);
        assertThat(violation.getField().getElementsList()).extracting(FieldPathElement::getFieldName)
            .containsExactly("passengers", "name");
        assertThat(violation.getField().getElements(0).getIndex()).isZero();
        assertThat(violation.getRule().getElementsList()).extracting(FieldPathElement::getFieldName)
            .containsExactly("string", "min_len");
        assertThat(violation.getRuleId()).isEqualTo("string.min_len");
    }

    private static List<Violation> own(Ended end) {
        return Details.find(end, Violations.class).orElseThrow().getViolationsList();
    }

    @Test
    void twentyAreToldAndTheRestIsCounted(CapturedOutput output) {
        Trip.Builder trip = Bookings.GOOD.toBuilder();
        for (int i = 0; i < 100; i++) {
            trip.addPassengers(Passenger.getDefaultInstance());
        }
        Ended end = book(trip.build());
        assertThat(end.status().getDescription()).isEqualTo("The request of bookings.v1.Bookings/Book is not valid: "
                + "passengers[0].name: must be at least 1 characters (and 99 more)");
        assertThat(violations(end)).hasSize(20)
            .last()
            .extracting(FieldViolation::getField)
            .isEqualTo("passengers[19].name");
        assertThat(own(end)).hasSizeBetween(10, 20);
        assertThat(OwnLog.of(output)).doesNotContain("WARN");
    }

    /** So nothing of what is told is left out by the last guard. */
    @ParameterizedTest
    @ValueSource(strings = { "x", "漢" })
    void whatIsToldFitsWhateverRulesSay(String character) {
        Violation violation = Violation.newBuilder()
            .setRuleId(character.repeat(300))
            .setMessage(character.repeat(300))
            .setField(FieldPath.newBuilder()
                .addElements(FieldPathElement.newBuilder().setFieldName("field").setStringKey(character.repeat(300))))
            .build();
        Findings findings = new Findings(Collections.nCopies(30, violation));
        CallEnd end = new OwnStatuses(true).of(RpcErrorReason.INVALID_REQUEST,
                Status.INVALID_ARGUMENT
                    .withDescription("The request of bookings.v1.Bookings/Book is not valid: " + findings.summary()),
                findings.details());
        Metadata trailers = new Metadata();
        trailers.merge(end.trailers());
        Status fitted = new ResponseMetadata(6 * 1024).fitStatus("bookings.v1.Bookings/Book", end.status(), trailers);
        Ended before = new Ended(end.status(), end.trailers(), java.time.Duration.ZERO);
        Ended after = new Ended(fitted, trailers, java.time.Duration.ZERO);
        assertThat(Details.all(after)).isEqualTo(Details.all(before)).hasSize(3);
        assertThat(violations(after)).isNotEmpty();
        assertThat(own(after)).isNotEmpty();
        assertThat(fitted.getDescription()).endsWith("… (and 29 more)");
    }

    /** A small part of the bytes that a client may send would cost gigabytes. */
    @Test
    void ofALargeRequestTheFirstIsTold() {
        Trip.Builder trip = Bookings.GOOD.toBuilder();
        for (int i = 0; i < 50_000; i++) {
            trip.addPassengers(Passenger.getDefaultInstance());
        }
        Ended end = book(trip.build());
        assertThat(end.status().getDescription()).isEqualTo("The request of bookings.v1.Bookings/Book is not valid: "
                + "passengers[0].name: must be at least 1 characters");
        assertThat(violations(end)).hasSize(1);
        assertThat(own(end)).hasSize(1);
    }

    @Test
    void ofAKeyOnlyTheBeginningIsToldAndNothingIsLogged(CapturedOutput output) {
        String key = "K".repeat(39) + "\uD83D\uDE80" + "secret";
        Ended end = book(Bookings.GOOD.toBuilder().putExtras(key, "").build());
        assertThat(end.status().getDescription()).isEqualTo(
                "The request of bookings.v1.Bookings/Book is not valid: " + "extras[…]: must be at least 1 characters");
        String told = "K".repeat(39) + "\uD83D\uDE80…";
        assertThat(violations(end)).extracting(FieldViolation::getField).containsExactly("extras[\"" + told + "\"]");
        assertThat(own(end).get(0).getField().getElements(0).getStringKey()).isEqualTo(told);
        assertThat(Details.status(end).toString()).doesNotContain("secret");
        assertThat(output).doesNotContain("KKK");
    }

    @Test
    void valuesAreNeitherToldNorLogged(CapturedOutput output) {
        String secret = "swordfish".repeat(10);
        Trip trip = Bookings.GOOD.toBuilder().setFrom(secret).setMail(secret).setCard(secret).build();
        Ended end = book(trip);
        assertThat(violations(end)).hasSize(3);
        assertThat(end.status() + Details.status(end).toString() + end.trailers()).doesNotContain("swordfish");
        assertThat(output).doesNotContain("swordfish");
    }

    @Test
    void whatARuleCannotDoIsLoggedWithoutValues(CapturedOutput output) {
        Ended end = call(BookingsGrpc.getSplitMethod(), Bill.newBuilder().setTotal(4711).build());
        assertThat(end.status().getDescription()).matches("The server failed, id [0-9a-f]{8}");
        assertThat(output)
            .contains("The rule 'bill.share' of bookings.v1.Bill cannot be evaluated for a message of"
                    + " bookings.v1.Bookings/Split")
            .doesNotContain("4711");
    }

    @Test
    void detailsCanBeTurnedOff() {
        try (PlacesServer quiet = Bookings.start(List.of(new Diary(), Bookings.Plain.class),
                "rpc.server.errors.details=false")) {
            Ended end = Flood.call(quiet.channel(), BookingsGrpc.getBookMethod(), Bookings.BAD, CallOptions.DEFAULT)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
            assertThat(end.status().getDescription())
                .isEqualTo("The request of bookings.v1.Bookings/Book" + Bookings.WHY);
            assertThat(end.trailers().keys()).doesNotContain("grpc-status-details-bin");
        }
    }

}
