package io.rpcspring.client;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.ConnectivityState;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import io.rpcspring.fixture.Certificates;
import io.rpcspring.fixture.FreePort;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A context that is paused and goes on, as Spring does with test contexts, finds its own
 * server and others again with the first call.
 */
@ExtendWith(OutputCaptureExtension.class)
class RestartTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final String OWN = "localhost:${local.rpc.server.port}";

    @TempDir
    private static Path folder;

    private static Certificates certificates;

    private final ApplicationContextRunner runner = StarterRunner.withServer().withBean(MarkedPlaces.class);

    @BeforeAll
    static void makeCertificates() {
        certificates = Certificates.of("places", folder);
    }

    @ParameterizedTest
    @ValueSource(strings = { "target=" + OWN, "target=dns:///" + OWN, "targets=" + OWN + ",127.0.0.1:1",
            "load-balancing=pick_first,target=" + OWN, "connections=2,target=" + OWN })
    void serverOnAFreePortTakesThePortItHad(String channel) {
        this.runner.withPropertyValues("rpc.server.port=0").withPropertyValues(properties(channel)).run((context) -> {
            int port = port(context);
            assertIsServedAgain(context);
            assertThat(port(context)).isEqualTo(port);
        });
    }

    private static String[] properties(String channel) {
        int target = channel.indexOf("target");
        String settings = channel.substring(0, target);
        return new String[] { "rpc.client.channels.places." + channel.substring(target),
                "rpc.client.channels.places." + (settings.isEmpty() ? "connections=1" : settings.replace(",", "")) };
    }

    @Test
    void portThatIsTakenMeanwhileIsLeftAndTheChannelFollows() {
        this.runner.withPropertyValues("rpc.server.port=0", "rpc.client.channels.places.target=" + OWN)
            .run((context) -> {
                PlacesGrpc.PlacesBlockingStub places = places(context);
                places.find(ZURICH);
                int port = port(context);
                ConfigurableApplicationContext application = context.getSourceApplicationContext();
                application.pause();
                try (ServerSocket other = new ServerSocket(port)) {
                    application.restart();
                    assertThat(port(context)).isNotEqualTo(other.getLocalPort());
                    assertThat(places.find(ZURICH).getName()).isEqualTo("Zurich");
                }
            });
    }

    @Test
    void ownServerThatGoesWithTheApplicationIsNoOutage(CapturedOutput output) {
        this.runner.withPropertyValues("rpc.server.port=0", "rpc.client.channels.places.target=" + OWN)
            .run((context) -> {
                places(context).find(ZURICH);
                RuntimeChannel runtime = context.getBean(RpcChannels.class).open("localhost:" + port(context));
                assertThat(PlacesGrpc.newBlockingStub(runtime).find(ZURICH).getName()).isEqualTo("Zurich");
            });
        assertThat(output).contains("gRPC server has stopped").doesNotContain("has no connection");
    }

    @Test
    void channelThatWasIdleAMomentAgoIsClosedAtOnce() {
        AtomicLong closing = new AtomicLong();
        this.runner.withPropertyValues("rpc.server.port=0", "rpc.client.channels.places.target=" + OWN)
            .run((context) -> {
                assertIsServedAgain(context);
                closing.set(System.nanoTime());
            });
        // grpc-java would keep it for five seconds.
        assertThat(Duration.ofNanos(System.nanoTime() - closing.get())).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void serverOnAFixedPortIsReachedByTheFirstCall() throws IOException {
        int port = FreePort.find();
        this.runner.withPropertyValues("rpc.server.port=" + port, "rpc.client.channels.places.target=localhost:" + port)
            .run((context) -> assertIsServedAgain(context));
    }

    @Test
    void serverWithTlsIsReachedByTheFirstCall() {
        this.runner.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
            .withPropertyValues(certificates.bundle("places", certificates))
            .withPropertyValues("rpc.server.port=0", "rpc.server.ssl.bundle=places",
                    "rpc.client.channels.places.target=" + OWN, "rpc.client.channels.places.ssl.bundle=places")
            .run((context) -> assertIsServedAgain(context));
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "grpc-java's client needs epoll for Unix sockets")
    void serverOnAUnixSocketIsReachedByTheFirstCall() {
        Path socket = folder.resolve("places.sock");
        this.runner
            .withPropertyValues("rpc.server.unix-socket=" + socket, "rpc.client.channels.places.target=unix:" + socket)
            .run((context) -> assertIsServedAgain(context));
    }

    @WithLibrary("grpc-inprocess")
    @Test
    void serverInTheSameProcessIsReachedByTheFirstCall() {
        this.runner
            .withPropertyValues("rpc.server.in-process-name=restarted",
                    "rpc.client.channels.places.target=in-process:restarted")
            .run((context) -> assertIsServedAgain(context));
    }

    @Test
    void channelsToOtherServersWaitOutNoBackOff() throws IOException {
        int port = FreePort.find();
        StarterRunner.withServer()
            .withPropertyValues("rpc.client.channels.places.target=localhost:" + port,
                    "rpc.client.channels.places.reconnect.max-backoff=1h")
            .run((context) -> {
                PlacesGrpc.PlacesBlockingStub places = places(context);
                ConfigurableApplicationContext application = context.getSourceApplicationContext();
                try (RuntimeChannel runtime = context.getBean(RpcChannels.class).open("localhost:" + port, "places")) {
                    assertFails(places);
                    assertFails(PlacesGrpc.newBlockingStub(runtime));
                    application.pause();
                    try (RecordingServer server = RecordingServer.start(port)) {
                        application.restart();
                        assertThat(places.find(ZURICH).getName()).isEqualTo("Zurich");
                        assertThat(PlacesGrpc.newBlockingStub(runtime).find(ZURICH).getName()).isEqualTo("Zurich");
                        assertThat(server.calls).hasSize(2);
                    }
                }
            });
    }

    private static void assertFails(PlacesGrpc.PlacesBlockingStub places) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> places.find(ZURICH))
            .withMessageStartingWith("UNAVAILABLE");
    }

    /** Also if the channel has noticed that the server is away, and has tried in vain. */
    private static void assertIsServedAgain(AssertableApplicationContext context) {
        PlacesGrpc.PlacesBlockingStub places = places(context);
        ConfigurableApplicationContext application = context.getSourceApplicationContext();
        for (boolean noticed : List.of(false, true)) {
            assertThat(places.find(ZURICH).getName()).isEqualTo("Zurich");
            application.pause();
            if (noticed) {
                await().untilAsserted(() -> {
                    assertFails(places);
                    assertThat(context.getBean(RpcChannels.class).reports().get(0).state())
                        .isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
                });
            }
            application.restart();
            assertThat(places.find(ZURICH).getName()).isEqualTo("Zurich");
        }
    }

    private static PlacesGrpc.PlacesBlockingStub places(AssertableApplicationContext context) {
        return PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"));
    }

    private static int port(ApplicationContext context) {
        return context.getBean(RpcServer.class).port();
    }

}
