package io.rpcspring.client;

import io.grpc.Channel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The methods that a channel's settings name.
 */
@ExtendWith(OutputCaptureExtension.class)
class MethodNameTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withPropertyValues("rpc.client.channels.places.target=localhost:9090");

    @ParameterizedTest
    @CsvSource({ "channels.places, channels.places", "defaults, defaults" })
    void misspeltMethodStopsTheStart(String place, String told) {
        assertRefused(
                "rpc.client." + told + ".methods names 'Fnd', which is no method of places.v1.Places."
                        + " Its methods: Find, Notes, Travel, Within. Correct the name, or remove the entry.",
                Typed.class, "rpc.client." + place + ".methods[places.v1.Places/Fnd].deadline=5s");
    }

    @Test
    void misspeltServiceStopsTheStart() {
        assertRefused(
                "rpc.client.channels.places.methods names the service 'places.v1.Place', of which no generated class"
                        + " is on the class path. Services of the channel's stubs: places.v1.Places."
                        + " Correct the name, or remove the entry.",
                Typed.class, "rpc.client.channels.places.methods[places.v1.Place].deadline=5s");
    }

    @ParameterizedTest
    @ValueSource(strings = { "places.v1.Places", "places.v1.Places/Find", "clock.v1.Clock/TimeAt", "clock.Clock/TimeAt",
            "clock.Clock" })
    void whatIsOnTheClassPathIsKnownWhereverItsClassIs(String name) {
        this.runner.withUserConfiguration(Typed.class)
            .withPropertyValues("rpc.client.channels.places.methods[" + name + "].deadline=5s")
            .run((context) -> assertThat(context).hasNotFailed());
    }

    @Test
    void misspeltMethodOfAServiceWithoutStubsStopsTheStart() {
        assertRefused(
                "rpc.client.channels.places.methods names 'TimAt', which is no method of clock.Clock."
                        + " Its methods: TimeAt. Correct the name, or remove the entry.",
                Bare.class, "rpc.client.channels.places.methods[clock.Clock/TimAt].deadline=5s");
    }

    /** Whoever has the channel may call what no generated class describes. */
    @Test
    void unknownServiceIsAWarningWhereItMayBeCalledWithoutAStub(CapturedOutput output) {
        this.runner.withUserConfiguration(Typed.class, Bare.class)
            .withPropertyValues("rpc.client.channels.places.methods[places.v1.Place/Find].deadline=5s")
            .run((context) -> assertThat(context).hasNotFailed());
        assertThat(output).containsOnlyOnce(
                "rpc.client.channels.places.methods names the service 'places.v1.Place', of which no generated class"
                        + " is on the class path. Services of the channel's stubs: places.v1.Places.");
    }

    /** Many applications may share them. */
    @Test
    void unknownServiceOfTheDefaultsIsAWarning(CapturedOutput output) {
        this.runner.withUserConfiguration(Typed.class)
            .withPropertyValues("rpc.client.defaults.methods[places.v1.Place/Find].deadline=5s")
            .run((context) -> assertThat(context).hasNotFailed());
        assertThat(output).containsOnlyOnce("rpc.client.defaults.methods names the service 'places.v1.Place', of");
    }

    private void assertRefused(String message, Class<?> user, String... properties) {
        this.runner.withUserConfiguration(user)
            .withPropertyValues(properties)
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage(message));
    }

    /** Has a stub. */
    static class Typed {

        Typed(@RpcClient("places") PlacesBlockingStub stub) {
        }

    }

    /** Has the channel. */
    static class Bare {

        Bare(@RpcClient("places") Channel channel) {
        }

    }

}
