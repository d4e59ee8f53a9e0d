package io.rpcspring.server;

import java.io.IOException;
import java.net.ServerSocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.server.transport.ListenAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What a user reads when the server cannot start.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

    @Test
    void portInUse(CapturedOutput output) throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            int port = taken.getLocalPort();
            assertReport(output,
                    report("The gRPC server cannot listen on *:" + port + ": the port is in use (rpc.server.port).",
                            "Stop what listens there, or set rpc.server.port to another port (0 for any free one)."),
                    "--rpc.server.port=" + port);
        }
    }

    @Test
    void addressOfAnotherMachine(CapturedOutput output) {
        assertReport(output,
                "Description:\n\nThe gRPC server cannot listen on 203.0.113.254:0:"
                        + " the address is not one of this machine (rpc.server.address).\n\nAction:\n\n"
                        + "Set rpc.server.address to an address of this machine (",
                "--rpc.server.port=0", "--rpc.server.address=203.0.113.254");
        assertThat(output).contains("127.0.0.1").contains("), or remove it to listen on all of them.");
    }

    @Test
    void unknownHostName(CapturedOutput output) {
        assertReport(output,
                "Description:\n\nrpc.server.address is 'no-such-host.invalid', which cannot be resolved.\n\nAction:\n\n"
                        + "Set rpc.server.address to an address of this machine (",
                "--rpc.server.port=0", "--rpc.server.address=no-such-host.invalid");
    }

    /** Who may do everything, as in many a container, would be let. */
    @Test
    void portThatIsNotAllowed() {
        IOException denied = new IOException("bind(..) failed with error(-13): Permission denied");
        assertThat(new ListenAddress(null, 80).cannotListen(denied))
            .hasMessage("The gRPC server cannot listen on *:80: bind(..) failed with error(-13): Permission denied."
                    + " Allow the application to listen there, or set rpc.server.port to another port"
                    + " (0 for any free one).");
    }

    @Test
    void portOutOfRange(CapturedOutput output) {
        assertReport(output,
                report("rpc.server.port is 65536, which is not a port.",
                        "Set rpc.server.port to a port from 1 to 65535, or to 0 for any free one."),
                "--rpc.server.port=65536");
    }

    @Test
    void emptyAddress(CapturedOutput output) {
        assertReport(output, report("rpc.server.address is empty (commandLineArgs).", "Give it a value, or remove it."),
                "--rpc.server.address=");
    }

    @Test
    void negativeGrace(CapturedOutput output) {
        assertReport(output,
                report("rpc.server.shutdown.grace is -5ms, which is negative.",
                        "Set rpc.server.shutdown.grace to 0s or longer, such as 30s."),
                "--rpc.server.shutdown.grace=-5ms");
    }

    private static void assertReport(CapturedOutput output, String expected, String... arguments) {
        SpringApplication application = new SpringApplication(PlacesApplication.class);
        assertThatException().isThrownBy(() -> application.run(arguments).close());
        assertThat(output).contains("APPLICATION FAILED TO START").contains(expected).doesNotContain("\tat ");
    }

    private static String report(String description, String action) {
        return "Description:\n\n" + description + "\n\nAction:\n\n" + action + "\n";
    }

    /** An application with one service. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(MarkedPlaces.class)
    static class PlacesApplication {

    }

}
