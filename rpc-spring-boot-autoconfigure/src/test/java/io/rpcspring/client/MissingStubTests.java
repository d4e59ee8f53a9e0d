package io.rpcspring.client;

import io.grpc.Channel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.RpcClient;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What a user reads who asks Spring for a stub.
 */
@ExtendWith(OutputCaptureExtension.class)
class MissingStubTests {

    private static final String CHANNELS = "--rpc.client.channels.places.target=localhost:9090";

    @Test
    void stubWithoutMarkIsToldWhatToWrite(CapturedOutput output) {
        assertReport(output, Constructed.class,
                report("Parameter 0 of constructor in " + Constructed.class.getName() + " asks for a "
                        + PlacesBlockingStub.class.getName() + ", which is no bean: @RpcClient injects it.", "places"),
                CHANNELS);
    }

    @Test
    void channelWithoutMarkIsToldWhatToWrite(CapturedOutput output) {
        assertReport(output, WithChannel.class, report("Parameter 0 of constructor in " + WithChannel.class.getName()
                + " asks for a io.grpc.Channel, which is no bean: @RpcClient injects it.", "none"));
    }

    @Test
    void otherBeansAreNoneOfOurBusiness(CapturedOutput output) {
        assertReport(output, WithText.class,
                "required a bean of type 'java.lang.StringBuilder' that could not be found");
        assertThat(output).doesNotContain("RpcClient");
    }

    private static void assertReport(CapturedOutput output, Class<?> bean, String expected, String... arguments) {
        SpringApplication application = new SpringApplication(bean);
        assertThatException().isThrownBy(() -> application.run(arguments).close());
        assertThat(output).contains("APPLICATION FAILED TO START").contains(expected);
    }

    private static String report(String description, String channels) {
        return "Description:\n\n" + description + "\n\nAction:\n\nWrite @RpcClient(\"name\") in front of it."
                + " Configured channels: " + channels + ".\nIf it stands on a field, and Lombok makes the constructor,"
                + " write to lombok.config:\n\nlombok.copyableAnnotations += io.rpcspring.RpcClient\n";
    }

    /** As Lombok makes it. */
    @EnableAutoConfiguration
    static class Constructed {

        @RpcClient("places")
        private final PlacesBlockingStub stub;

        Constructed(PlacesBlockingStub stub) {
            this.stub = stub;
        }

        PlacesBlockingStub stub() {
            return this.stub;
        }

    }

    /** The mark is forgotten. */
    @EnableAutoConfiguration
    static class WithChannel {

        WithChannel(Channel channel) {
            throw new AssertionError(channel);
        }

    }

    /** Another mistake. */
    @EnableAutoConfiguration
    static class WithText {

        WithText(StringBuilder text) {
            throw new AssertionError(text);
        }

    }

}
