package io.rpcspring.client;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import io.grpc.Channel;
import io.grpc.stub.AbstractStub;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.clock.ClockGrpc.ClockFutureStub;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;
import io.rpcspring.sample.places.PlacesGrpc.PlacesStub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where {@code @RpcClient} injects, and what a user reads where it cannot.
 */
class RpcClientInjectionTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withPropertyValues("rpc.client.channels.places.target=localhost:9090",
                "rpc.client.channels.clock.target=localhost:9090");

    @Test
    void everyKindOfInjectionPointGetsTheSharedChannel() {
        this.runner
            .withUserConfiguration(Fields.class, Setters.class, Parameters.class, Beans.class, Providers.class,
                    Parts.class)
            .run((context) -> {
                assertThat(context).hasNotFailed();
                Channel places = context.getBean(RpcChannels.class).get("places");
                Fields fields = context.getBean(Fields.class);
                assertThat(fields.channel).isSameAs(places);
                Setters setters = context.getBean(Setters.class);
                Parts parts = context.getBean(Parts.class);
                Providers providers = context.getBean(Providers.class);
                List<@Nullable AbstractStub<?>> stubs = List.of(required(fields.stub), required(fields.autowired),
                        required(fields.composed), required(setters.own), required(setters.parameter),
                        context.getBean(Parameters.class).stub, required(context.getBean(Beans.class).field),
                        context.getBean("fromBeanMethod", StubHolder.class).stub(), parts.stub(), parts.lazy(),
                        providers.provider.getObject(), providers.optional.orElseThrow());
                assertThat(stubs).extracting((stub) -> required(stub).getChannel()).containsOnly(places);
                assertThat(context.getBean(Parameters.class).clock.getChannel())
                    .isSameAs(context.getBean(RpcChannels.class).get("clock"));
            });
    }

    @Test
    void unknownNameIsReportedWithTheNearestFirstAndTheYamlToAdd() {
        failureOf(Misspelt.class).hasMessage("No channel 'clok' is configured, but parameter 'stub' of the constructor"
                + " of " + Misspelt.class.getName() + " asks for it. Configured channels: clock, places."
                + " Correct the name, or add the channel to application.yml:\n\n" + """
                        rpc:
                          client:
                            channels:
                              clok:
                                target: "localhost:9090\"""");
    }

    @Test
    void unknownNameWithoutAnyChannelIsReported() {
        StarterRunner.withServerOnFreePort()
            .withUserConfiguration(Misspelt.class)
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessageContaining("asks for it. Configured channels: none."));
    }

    @Test
    void namesThatYamlWouldBreakAreBracketed() {
        this.runner.run((context) -> assertThatExceptionOfType(RpcConfigurationException.class)
            .isThrownBy(() -> context.getBean(RpcChannels.class).get("my_places"))
            .withMessageStartingWith("No channel 'my_places' is configured. Configured channels: places, clock.")
            .withMessageContaining("      \"[my_places]\":\n"));
    }

    @Test
    void emptyNameIsReported() {
        failureOf(Nameless.class).hasMessage("@RpcClient on field 'stub' of " + Nameless.class.getName()
                + " names no channel. Write the name of a channel: @RpcClient(\"places\")."
                + " Configured channels: clock, places.");
    }

    @Test
    void typeThatIsNoStubIsReported() {
        failureOf(NoStub.class).hasMessage("@RpcClient(\"places\") cannot inject java.lang.String into parameter"
                + " 'stub' of method 'setStub' of " + NoStub.class.getName() + ": it is no generated stub."
                + " Use a stub that the gRPC generator makes, such as PlacesGrpc.PlacesBlockingStub,"
                + " or io.grpc.Channel.");
    }

    @Test
    void staticFieldsAndSettersAreReported() {
        failureOf(StaticField.class).hasMessage("@RpcClient on field 'stub' of " + StaticField.class.getName()
                + ", which is static: Spring injects nothing there. Remove static, or take the client as a parameter of"
                + " the constructor.");
        failureOf(StaticSetter.class).hasMessage("@RpcClient on method 'setStub' of " + StaticSetter.class.getName()
                + ", which is static: Spring injects nothing there. Remove static, or take the client as a parameter of"
                + " the constructor.");
    }

    @Test
    void typeVariablesAreKnownByTheClassOfTheBean() {
        this.runner.withUserConfiguration(OfPlaces.class, OfClock.class).run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(OfPlaces.class).stub).isInstanceOf(PlacesBlockingStub.class);
            assertThat(context.getBean(OfClock.class).stub).isInstanceOf(ClockFutureStub.class);
            assertThat(context.getBean(OfClock.class).set).isInstanceOf(ClockFutureStub.class);
            assertThat(required(context.getBean(OfClock.class).provider).getObject())
                .isInstanceOf(ClockFutureStub.class);
        });
    }

    @Test
    void objectProviderReportsWhenItIsAsked() {
        this.runner.withUserConfiguration(MisspeltProvider.class)
            .run((context) -> assertThatExceptionOfType(RpcConfigurationException.class)
                .isThrownBy(() -> context.getBean(MisspeltProvider.class).stubs.getObject())
                .withMessageStartingWith("No channel 'clok' is configured, but parameter 'stubs' of the constructor"));
    }

    @Test
    void misspeltPropertyIsReported() {
        this.runner.withPropertyValues("rpc.client.channels.places.tagret=localhost:9090")
            .run((context) -> assertThat(context.getStartupFailure())
                .hasStackTraceContaining("[rpc.client.channels.places.tagret] were left unbound"));
        this.runner.withPropertyValues("rpc.server.prot=9091")
            .run((context) -> assertThat(context.getStartupFailure())
                .hasStackTraceContaining("[rpc.server.prot] were left unbound"));
    }

    @Test
    void targetsThatCannotWorkAreReported() {
        assertUnusable("", "it is empty");
        assertUnusable("localhost:65536", "65536 is not a port from 1 to 65535");
        assertUnusable("localhost:99999999999", "99999999999 is not a port from 1 to 65535");
        assertUnusable("dsn:///places:9090", "Could not find a NameResolverProvider for dsn:///places:9090");
        assertUnusable("${PLACES_HOST}:9090",
                "Could not resolve placeholder 'PLACES_HOST' in value" + " \"${PLACES_HOST}:9090\"");
    }

    @Test
    void starterWithoutConfigurationDoesNothing() {
        StarterRunner.withServerOnFreePort().run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(RpcChannels.class).names()).isEmpty();
        });
    }

    private void assertUnusable(String target, String reason) {
        this.runner.withPropertyValues("rpc.client.channels.places.target=" + target)
            .withUserConfiguration(Fields.class)
            .run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining(
                    "rpc.client.channels.places.target is '" + target + "', which cannot be used: " + reason
                            + ". Set it to host:port, such as localhost:9090, or to a target whose scheme grpc-java"
                            + " knows, such as dns:///places:9090."));
    }

    private AbstractThrowableAssert<?, ?> failureOf(Class<?> bean) {
        Throwable[] failure = new Throwable[1];
        this.runner.withUserConfiguration(bean).run((context) -> failure[0] = context.getStartupFailure());
        return assertThat(failure[0]).rootCause().isInstanceOf(RpcConfigurationException.class);
    }

    private static <T> T required(@Nullable T value) {
        assertThat(value).isNotNull();
        return Objects.requireNonNull(value);
    }

    /** An application's own name for a client. */
    @RpcClient("places")
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ ElementType.FIELD, ElementType.PARAMETER })
    @interface PlacesClient {

    }

    /** Fields. */
    static class Fields {

        @RpcClient("places")
        private @Nullable PlacesBlockingStub stub;

        @RpcClient("places")
        private @Nullable Channel channel;

        @Autowired
        @RpcClient("places")
        private @Nullable PlacesBlockingStub autowired;

        @PlacesClient
        private @Nullable PlacesStub composed;

    }

    /** Setters. */
    static class Setters {

        private @Nullable PlacesBlockingStub own;

        private @Nullable PlacesStub parameter;

        @RpcClient("places")
        void setOwn(PlacesBlockingStub own) {
            this.own = own;
        }

        @Autowired
        void setParameter(@RpcClient("places") PlacesStub parameter) {
            this.parameter = parameter;
        }

    }

    /** Constructor parameters, of two channels. */
    static class Parameters {

        private final PlacesBlockingStub stub;

        private final ClockFutureStub clock;

        Parameters(@RpcClient("places") PlacesBlockingStub stub, @RpcClient("clock") ClockFutureStub clock) {
            this.stub = stub;
            this.clock = clock;
        }

    }

    /** A configuration class with a field and a bean method. */
    @Configuration
    static class Beans {

        @RpcClient("places")
        private @Nullable PlacesBlockingStub field;

        @Bean
        StubHolder fromBeanMethod(@RpcClient("places") PlacesBlockingStub stub) {
            return new StubHolder(stub);
        }

    }

    /**
     * Made by a bean method.
     *
     * @param stub what the bean method got
     */
    record StubHolder(PlacesBlockingStub stub) {
    }

    /**
     * A record, whose components are fields, parameters and methods at once.
     *
     * @param stub plain
     * @param lazy marked lazy, as Spring marks it
     */
    record Parts(@RpcClient("places") PlacesBlockingStub stub, @RpcClient("places") @Lazy PlacesStub lazy) {
    }

    /** Asks late. */
    static class Providers {

        private final ObjectProvider<PlacesBlockingStub> provider;

        private final Optional<PlacesStub> optional;

        Providers(@RpcClient("places") ObjectProvider<PlacesBlockingStub> provider,
                @RpcClient("places") Optional<PlacesStub> optional) {
            this.provider = provider;
            this.optional = optional;
        }

    }

    /** Asks for a name that is not configured. */
    static class Misspelt {

        Misspelt(@RpcClient("clok") ClockFutureStub stub) {
            throw new AssertionError(stub);
        }

    }

    /** Asks late for a name that is not configured. */
    static class MisspeltProvider {

        private final ObjectProvider<ClockFutureStub> stubs;

        MisspeltProvider(@RpcClient("clok") ObjectProvider<ClockFutureStub> stubs) {
            this.stubs = stubs;
        }

    }

    /** Asks for no name. */
    static class Nameless {

        @RpcClient("")
        @Nullable PlacesBlockingStub stub;

    }

    /** Left as it is by Spring. */
    static class StaticField {

        @RpcClient("places")
        static @Nullable PlacesBlockingStub stub;

    }

    /** Left as it is by Spring. */
    static class StaticSetter {

        static @Nullable PlacesBlockingStub stub;

        @PlacesSetter
        static void setStub(PlacesBlockingStub stub) {
            StaticSetter.stub = stub;
        }

    }

    /** An application's own name for a setter. */
    @RpcClient("places")
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @interface PlacesSetter {

    }

    /** Has a client of some service. */
    abstract static class Generic<S extends AbstractStub<S>> {

        @RpcClient("places")
        @Nullable S stub;

        @RpcClient("places")
        @Nullable ObjectProvider<S> provider;

        @Nullable S set;

        @RpcClient("places")
        void setSet(S set) {
            this.set = set;
        }

    }

    /** Of one. */
    static class OfPlaces extends Generic<PlacesBlockingStub> {

    }

    /** Of another. */
    static class OfClock extends Generic<ClockFutureStub> {

    }

    /** Asks for something else. */
    static class NoStub {

        @RpcClient("places")
        void setStub(String stub) {
            throw new AssertionError(stub);
        }

    }

}
