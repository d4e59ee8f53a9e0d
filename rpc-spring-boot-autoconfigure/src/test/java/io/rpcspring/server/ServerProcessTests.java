package io.rpcspring.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.MarkedPlaces;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A whole application in a process of its own: it stays up, and ends when it is told to.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no SIGTERM")
public class ServerProcessTests {

    private static final Pattern LISTENS = Pattern.compile("listens on \\*:(\\d+) with places\\.v1\\.Places$");

    private static final int EXIT_CODE_OF_SIGTERM = 128 + 15;

    private final Process process = start();

    ServerProcessTests() throws IOException {
    }

    @AfterEach
    void kill() {
        this.process.destroyForcibly();
    }

    @Test
    void staysUpAfterMainHasReturnedAndEndsOnSigtermThoughClientsAreConnected() throws Exception {
        int port = awaitPort();
        try (Connection connection = Connection.to("localhost:" + port);
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
            assertThat(silent.isConnected()).isTrue();
            assertThat(this.process.isAlive()).isTrue();
            this.process.destroy();
            assertThat(this.process.waitFor(8, TimeUnit.SECONDS)).as("ended").isTrue();
            assertThat(this.process.exitValue()).isEqualTo(EXIT_CODE_OF_SIGTERM);
        }
    }

    private int awaitPort() throws IOException {
        BufferedReader output = this.process.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher listens = LISTENS.matcher(line);
            if (listens.find()) {
                return Integer.parseInt(listens.group(1));
            }
        }
        throw new AssertionError("The application ended with " + this.process.exitValue());
    }

    private static Process start() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Application.class.getName(),
                "--rpc.server.port=0")
            .redirectErrorStream(true)
            .start();
    }

    /** Nothing but a service: no web server, no scheduler. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(MarkedPlaces.class)
    public static class Application {

        public static void main(String[] args) {
            SpringApplication.run(Application.class, args);
        }

    }

}
