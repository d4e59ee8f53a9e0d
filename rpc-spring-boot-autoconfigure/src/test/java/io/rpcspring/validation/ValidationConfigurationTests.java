package io.rpcspring.validation;

import java.util.List;
import java.util.concurrent.TimeUnit;

import build.buf.protovalidate.Config;
import com.example.bookings.BookingsGrpc;
import com.example.bookings.Passenger;
import com.example.bookings.Ticket;
import com.example.bookings.Trip;
import com.google.rpc.BadRequest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.Diary;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.server.call.ChainLink;
import io.rpcspring.server.call.ChainLink.Place;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is checked: where the library is there, and the configuration does not say
 * otherwise.
 */
class ValidationConfigurationTests {

    private static final String SERVICE = "rpc.server.services.[bookings.v1.Bookings].";

    private static PlacesServer start(String... properties) {
        return Bookings.start(List.of(new Diary(), Bookings.Plain.class), properties);
    }

    private static Status.Code call(PlacesServer server, MethodDescriptor<Trip, Ticket> method) {
        return call(server, method, Bookings.BAD).status().getCode();
    }

    private static Ended call(PlacesServer server, MethodDescriptor<Trip, Ticket> method, Trip trip) {
        return Flood.call(server.channel(), method, trip, CallOptions.DEFAULT).orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void nothing() {
        try (PlacesServer server = start("rpc.server.validation.enabled=false")) {
            assertThat(call(server, BookingsGrpc.getBookMethod())).isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void oneServiceNot() {
        try (PlacesServer server = start(SERVICE + "validation=false")) {
            assertThat(call(server, BookingsGrpc.getBookMethod())).isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void oneMethodOfAServiceThatIsNot() {
        try (PlacesServer server = start(SERVICE + "validation=false", SERVICE + "methods.Offers.validation=true")) {
            assertThat(call(server, BookingsGrpc.getBookMethod())).isEqualTo(Status.Code.OK);
            assertThat(call(server, BookingsGrpc.getOffersMethod())).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void oneMethodNot() {
        try (PlacesServer server = start(SERVICE + "methods.Book.validation=false")) {
            assertThat(call(server, BookingsGrpc.getBookMethod())).isEqualTo(Status.Code.OK);
            assertThat(call(server, BookingsGrpc.getOffersMethod())).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void oneServiceOnly() {
        try (PlacesServer server = start("rpc.server.validation.enabled=false", SERVICE + "validation=true")) {
            assertThat(call(server, BookingsGrpc.getBookMethod())).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void asProtovalidateIsConfigured() {
        Trip twice = Bookings.GOOD.toBuilder()
            .addPassengers(Passenger.getDefaultInstance())
            .addPassengers(Passenger.getDefaultInstance())
            .build();
        Config config = Config.newBuilder().setFailFast(true).build();
        try (PlacesServer server = Bookings.start(List.of(new Diary(), Bookings.Plain.class, config))) {
            Ended end = call(server, BookingsGrpc.getBookMethod(), twice);
            assertThat(Details.find(end, BadRequest.class).orElseThrow().getFieldViolationsCount()).isOne();
        }
    }

    /** As every other link, it is not there where it has nothing to do. */
    @Test
    void onlyMethodsWithRulesAreConcerned() {
        try (PlacesServer server = start()) {
            ChainLink link = server.bean(ChainLink.class);
            assertThat(BookingsGrpc.getServiceDescriptor().getMethods()).filteredOn(link.methods())
                .extracting(MethodDescriptor::getBareMethodName)
                .containsExactly("Book", "Offers", "Collect", "Exchange", "Split");
        }
    }

    private static ApplicationContextRunner withoutLibrary() {
        return StarterRunner.withServerOnFreePort()
            .withConfiguration(AutoConfigurations.of(Bookings.AUTO_CONFIGURATION))
            .withBean(Diary.class, Diary::new)
            .withBean(Bookings.Plain.class)
            .withClassLoader(new FilteredClassLoader("build.buf"));
    }

    @Test
    void withoutTheLibraryNothingIsThere() {
        withoutLibrary().run((context) -> {
            assertThat(context).doesNotHaveBean(MessageRules.class).doesNotHaveBean("rpcClientValidation");
            assertThat(context.getBeanProvider(ChainLink.class)).noneMatch((link) -> link.place() == Place.VALIDATION);
            try (Connection connection = Connection.to(context)) {
                assertThat(Flood
                    .call(connection.channel(), BookingsGrpc.getBookMethod(), Bookings.BAD, CallOptions.DEFAULT)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join()
                    .status()).isEqualTo(Status.OK);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = { "rpc.server.validation.enabled", "rpc.server.validation.responses",
            "rpc.server.services.\"[bookings.v1.Bookings]\".validation",
            "rpc.server.services.\"[bookings.v1.Bookings]\".methods.Book.validation", "rpc.client.defaults.validation",
            "rpc.client.channels.bookings.validation",
            "rpc.client.channels.bookings.methods.\"[bookings.v1.Bookings/Book]\".validation" })
    void whoCountsOnTheLibraryMissesIt(String property) {
        withoutLibrary()
            .withPropertyValues(property.replace("\"", "") + "=true", "rpc.client.channels.bookings.target=localhost:1")
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .asInstanceOf(InstanceOfAssertFactories.type(RpcConfigurationException.class))
                .satisfies((failure) -> {
                    assertThat(failure.description())
                        .isEqualTo(property + " is true, but protovalidate is not on the class path.");
                    assertThat(failure.action())
                        .isEqualTo("Add the dependency build.buf:protovalidate, or remove " + property + ".");
                }));
    }

    @Test
    void whoDoesNotWantItDoesNotMissTheLibrary() {
        withoutLibrary().withPropertyValues("rpc.server.validation.enabled=false", SERVICE + "validation=false")
            .run((context) -> assertThat(context).hasNotFailed());
    }

}
