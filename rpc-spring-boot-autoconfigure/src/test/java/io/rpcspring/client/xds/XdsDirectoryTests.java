package io.rpcspring.client.xds;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.Certificates;
import io.rpcspring.fixture.ControlPlane;
import io.rpcspring.fixture.FreePort;
import io.rpcspring.fixture.NamedPlaces;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Where a channel finds its servers that a control plane knows.
 */
@ExtendWith(OutputCaptureExtension.class)
class XdsDirectoryTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final String CHANNEL = "rpc.client.channels.places.";

    private static final String BOOTSTRAP = "rpc.client.xds.bootstrap=";

    @RegisterExtension
    private final RecordingServer server = RecordingServer.start(FreePort.find());

    private final ControlPlane plane = ControlPlane.running();

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withPropertyValues(CHANNEL + "target=xds:///directory");

    @Test
    void controlPlaneIsNamedInline() {
        announce();
        this.runner.withPropertyValues(BOOTSTRAP + this.plane.bootstrap()).run((context) -> find(context));
        assertThat(this.server.lastCall().authority()).isEqualTo("directory");
    }

    @Test
    void controlPlaneIsNamedInAFile(@TempDir Path folder) throws IOException {
        announce();
        Path file = Files.writeString(folder.resolve("bootstrap.json"), this.plane.bootstrap());
        this.runner.withPropertyValues(BOOTSTRAP + file).run((context) -> find(context));
        this.runner.withPropertyValues(BOOTSTRAP + "file:" + file).run((context) -> find(context));
    }

    @Test
    void controlPlaneIsNamedInTheWayOfGrpc() {
        announce();
        this.runner.withSystemProperties("io.grpc.xds.bootstrapConfig=" + this.plane.bootstrap())
            .run((context) -> find(context));
    }

    @Test
    void withoutAControlPlaneTheStartFailsWithASnippet() {
        this.runner.run((context) -> assertThat(context).getFailure()
            .rootCause()
            .isInstanceOf(RpcConfigurationException.class)
            .hasMessage(
                    """
                            rpc.client.channels.places.target is 'xds:///directory', but nothing says where the control plane is: \
                            rpc.client.xds.bootstrap, GRPC_XDS_BOOTSTRAP, io.grpc.xds.bootstrap, GRPC_XDS_BOOTSTRAP_CONFIG, \
                            io.grpc.xds.bootstrapConfig are not set. Set rpc.client.xds.bootstrap to a file, or to the JSON itself, in application.yml:

                            rpc:
                              client:
                                xds:
                                  bootstrap: |
                                    {
                                      "xds_servers": [ {
                                        "server_uri": "control-plane.example.org:18000",
                                        "channel_creds": [ { "type": "insecure" } ]
                                      } ],
                                      "node": { "id": "places" }
                                    }"""));
    }

    @Test
    void bootstrapThatCannotBeUsedIsRefused() {
        assertRefused("{", "rpc.client.xds.bootstrap cannot be used: End of input at line 1 column 2 path $.");
        assertRefused("{}",
                "rpc.client.xds.bootstrap cannot be used: Invalid bootstrap: 'xds_servers' does not exist.");
        assertRefused("nowhere.json",
                "rpc.client.xds.bootstrap is 'nowhere.json', which cannot be read: nowhere.json (No such file or directory).");
    }

    @Test
    void bootstrapThatDiffersIsRefused() {
        announce();
        this.runner.withPropertyValues(BOOTSTRAP + this.plane.bootstrap()).run((context) -> {
            find(context);
            String other = this.plane.bootstrap().replace("\"test\"", "\"other\"");
            this.runner.withPropertyValues(BOOTSTRAP + other)
                .run((second) -> assertThatExceptionOfType(RpcConfigurationException.class)
                    .isThrownBy(() -> find(second))
                    // Which of the tests was the first, nobody knows.
                    .withMessageMatching("rpc\\.client\\.xds\\.bootstrap differs from what this JVM already has from"
                            + " (rpc\\.client\\.xds\\.bootstrap|io\\.grpc\\.xds\\.bootstrapConfig), and a JVM can have"
                            + " only one xDS bootstrap\\. Give all application contexts of the JVM the same one\\."));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = { BOOTSTRAP, "io.grpc.xds.bootstrapConfig=" })
    void serverHasTheSameControlPlaneAsTheChannels(String property) {
        int port = FreePort.find();
        this.plane.open(port, PlacesGrpc.getFindMethod().getFullMethodName());
        this.plane.put("directory", List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        this.runner.withBean(NamedPlaces.class, () -> new NamedPlaces("meshed"))
            .withPropertyValues("rpc.server.port=" + port, "rpc.server.xds.enabled=true")
            .withSystemProperties(property + this.plane.bootstrap())
            .run((context) -> assertThat(places(context).find(ZURICH).getZone()).isEqualTo("meshed"));
        this.plane.takeBack(port);
    }

    @Test
    void connectionsAreEncryptedAsTheControlPlaneSays() throws Exception {
        Certificates mesh = this.plane.certificates();
        try (RecordingServer encrypted = RecordingServer.start(demanding(mesh))) {
            this.plane.encrypt("encrypted");
            assertClientIsKnown(encrypted, "encrypted");
        }
    }

    @Test
    void connectionsAreEncryptedAsTheChannelSaysWhereTheControlPlaneSaysNothing(@TempDir Path folder) throws Exception {
        Certificates own = Certificates.of("own", folder, "DNS:directory");
        try (RecordingServer encrypted = RecordingServer.start(demanding(own))) {
            assertClientIsKnown(encrypted, "directory",
                    Stream.concat(Stream.of(own.bundle("own", own)), Stream.of(CHANNEL + "ssl.bundle=own"))
                        .toArray(String[]::new));
        }
    }

    private static ServerCredentials demanding(Certificates certificates) throws IOException {
        return TlsServerCredentials.newBuilder()
            .keyManager(pem(certificates.certificatePem()), pem(certificates.privateKeyPem()))
            .trustManager(pem(certificates.certificatePem()))
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
    }

    private static ByteArrayInputStream pem(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void assertClientIsKnown(RecordingServer encrypted, String service, String... properties) {
        this.plane.put(service, List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), encrypted.port())));
        this.runner.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
            .withPropertyValues(BOOTSTRAP + this.plane.bootstrap(), CHANNEL + "target=xds:///" + service)
            .withPropertyValues(properties)
            .run((context) -> {
                find(context);
                assertThat(Objects.requireNonNull(encrypted.lastCall().session()).getPeerCertificates()).hasSize(1);
            });
    }

    private void assertRefused(String bootstrap, String message) {
        this.runner.withPropertyValues(BOOTSTRAP + bootstrap)
            .run((context) -> assertThatExceptionOfType(RpcConfigurationException.class).isThrownBy(() -> find(context))
                .extracting(RpcConfigurationException::description)
                .isEqualTo(message));
    }

    @Test
    void withoutTheLibraryTheStartFails() {
        this.runner.withClassLoader(new FilteredClassLoader("io.grpc.xds"))
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage(
                        "rpc.client.channels.places.target is 'xds:///directory', but io.grpc:grpc-xds is not on the"
                                + " class path. Add the dependency io.grpc:grpc-xds, or set another target, such as"
                                + " dns:///places:9090."));
        StarterRunner.withServerOnFreePort()
            .withClassLoader(new FilteredClassLoader("io.grpc.xds"))
            .run((context) -> assertThat(context).hasNotFailed());
    }

    @Test
    void retriesOfTheChannelCountWhereTheControlPlaneHasNone() {
        announce();
        this.runner
            .withPropertyValues(BOOTSTRAP + this.plane.bootstrap(), CHANNEL + "retry.max-attempts=3",
                    CHANNEL + "retry.initial-backoff=5ms",
                    CHANNEL + "methods.[places.v1.Places/Find].retry.codes=UNAVAILABLE,ABORTED")
            .run((context) -> {
                this.server.failNext(2, Status.ABORTED, null);
                find(context);
                assertThat(this.server.calls).hasSize(3);
            });
    }

    @Test
    void lostServerIsFoundAgainAsOfAnyOtherChannel(CapturedOutput output) {
        announce();
        this.runner.withPropertyValues(BOOTSTRAP + this.plane.bootstrap(), CHANNEL + "reconnect.max-backoff=100ms")
            .run((context) -> {
                find(context);
                this.server.kill();
                await().until(() -> {
                    tryToFind(context);
                    return output.getOut().contains("The channel 'places' to xds:///directory has no connection: ");
                });
                try (RecordingServer again = RecordingServer.start(this.server.port())) {
                    await().until(() -> {
                        tryToFind(context);
                        return !again.calls.isEmpty();
                    });
                }
            });
    }

    @Test
    void whatTheControlPlaneDecidesIsWarnedOf(CapturedOutput output) {
        announce();
        this.runner
            .withPropertyValues(BOOTSTRAP + this.plane.bootstrap(), CHANNEL + "load-balancing=least_request",
                    CHANNEL + "subset-size=3", CHANNEL + "outlier-detection.enabled=true")
            .run((context) -> find(context));
        this.runner.withPropertyValues(BOOTSTRAP + this.plane.bootstrap(), CHANNEL + "load-balancing=ring_hash")
            .run((context) -> find(context));
        assertThat(output.getOut().lines().filter((line) -> line.contains("leaves the choice")))
            .satisfiesExactly((line) -> assertThat(line).endsWith("The channel 'places' to xds:///directory leaves the"
                    + " choice among its servers to its control plane, and rpc.client.channels.places.load-balancing,"
                    + " rpc.client.channels.places.subset-size, rpc.client.channels.places.outlier-detection to nobody:"
                    + " remove it"));
    }

    @Test
    void oneOfSeveralTargetsCannotBeAControlPlanes() {
        StarterRunner.withServerOnFreePort()
            .withPropertyValues(CHANNEL + "targets=xds:///directory,localhost:1", BOOTSTRAP + this.plane.bootstrap())
            .run((context) -> assertThatExceptionOfType(RpcConfigurationException.class)
                .isThrownBy(() -> context.getBean(RpcChannels.class).get("places"))
                .withMessageStartingWith(
                        "rpc.client.channels.places.targets is 'xds:///directory', which cannot be used:"
                                + " it can only be a channel's single target."));
    }

    private void announce() {
        this.plane.put("directory",
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.server.port())));
    }

    private static void find(ApplicationContext context) {
        assertThat(places(context).find(ZURICH).getName()).isEqualTo("Zurich");
    }

    private static void tryToFind(ApplicationContext context) {
        try {
            find(context);
        }
        catch (StatusRuntimeException ex) {
            // It is away.
        }
    }

    private static PlacesGrpc.PlacesBlockingStub places(ApplicationContext context) {
        return PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"));
    }

}
