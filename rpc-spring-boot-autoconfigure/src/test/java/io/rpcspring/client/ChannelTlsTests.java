package io.rpcspring.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLSession;

import io.grpc.Grpc;
import io.grpc.ServerCredentials;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.Certificates;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Channels that speak TLS.
 */
@ExtendWith(OutputCaptureExtension.class)
class ChannelTlsTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    @TempDir
    private static Path folder;

    private static Certificates places;

    private static Certificates client;

    private static Certificates other;

    @BeforeAll
    static void makeCertificates() {
        places = Certificates.of("places", folder);
        client = Certificates.of("client", folder);
        other = Certificates.of("other", folder);
    }

    @Test
    void bundleSaysWhomToTrust() throws IOException {
        try (RecordingServer server = RecordingServer.start(tls(places).build())) {
            runner(server).withPropertyValues(client.bundle("places", places))
                .run((context) -> assertThat(stub(context.getBean(RpcChannels.class)).find(ZURICH).getName())
                    .isEqualTo("Zurich"));
            runner(server).withPropertyValues(client.bundle("places", other))
                .run((context) -> assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> stub(context.getBean(RpcChannels.class)).find(ZURICH))
                    .withMessageMatching("(?s)UNAVAILABLE: .*\\[channel 'places' to localhost:" + server.port()
                            + ": .*unable to find valid certification path to requested target]"));
        }
    }

    @Test
    void bundleHasTheClientsOwnCertificate() throws IOException {
        ServerCredentials mutual = tls(places).clientAuth(ClientAuth.REQUIRE)
            .trustManager(stream(client.certificatePem()))
            .build();
        try (RecordingServer server = RecordingServer.start(mutual)) {
            runner(server).withPropertyValues(client.bundle("places", places))
                .run((context) -> assertThat(stub(context.getBean(RpcChannels.class)).find(ZURICH).getName())
                    .isEqualTo("Zurich"));
            runner(server).withPropertyValues(other.bundle("places", places))
                .run((context) -> assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> stub(context.getBean(RpcChannels.class)).find(ZURICH))
                    .withMessageContaining("[channel 'places' to localhost:" + server.port()));
        }
    }

    @Test
    void bundleSaysWhichProtocolsAndCiphersToUse() throws IOException {
        try (RecordingServer server = RecordingServer.start(tls(places).build())) {
            for (String[] option : new String[][] { { "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
                    { "TLSv1.3", "TLS_AES_128_GCM_SHA256" }, { "TLSv1.3", "TLS_AES_256_GCM_SHA384" } }) {
                runner(server).withPropertyValues(client.bundle("places", places))
                    .withPropertyValues("spring.ssl.bundle.jks.places.options.enabled-protocols=" + option[0],
                            "spring.ssl.bundle.jks.places.options.ciphers=" + option[1])
                    .run((context) -> {
                        stub(context.getBean(RpcChannels.class)).find(ZURICH);
                        SSLSession session = server.lastCall().session();
                        assertThat(session).isNotNull();
                        assertThat(session.getProtocol()).isEqualTo(option[0]);
                        assertThat(session.getCipherSuite()).isEqualTo(option[1]);
                    });
            }
        }
    }

    @Test
    void authorityIsWhatTheCertificateMustName() throws IOException {
        try (RecordingServer server = RecordingServer.start(tls(places).build())) {
            runner(server).withPropertyValues(client.bundle("places", places))
                .withPropertyValues("rpc.client.channels.places.authority=places.example.org")
                .run((context) -> assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> stub(context.getBean(RpcChannels.class)).find(ZURICH))
                    .withMessageContaining("places.example.org"));
            runner(server).withPropertyValues(client.bundle("places", places))
                .withPropertyValues("rpc.client.channels.places.authority=localhost",
                        "rpc.client.channels.places.target=127.0.0.1:" + server.port())
                .run((context) -> {
                    stub(context.getBean(RpcChannels.class)).find(ZURICH);
                    assertThat(server.lastCall().authority()).isEqualTo("localhost");
                });
        }
    }

    @Test
    void severalTargetsAreEachCheckedUnderTheirOwnName() throws IOException {
        try (RecordingServer one = RecordingServer.start(tls(places).build());
                RecordingServer two = RecordingServer.start(tls(places).build())) {
            StarterRunner.withServerOnFreePort()
                .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
                .withPropertyValues(client.bundle("places", places))
                .withPropertyValues("rpc.client.channels.places.ssl.bundle=places",
                        "rpc.client.channels.places.targets=127.0.0.1:" + one.port() + ",localhost:" + two.port())
                .run((context) -> {
                    PlacesGrpc.PlacesBlockingStub stub = stub(context.getBean(RpcChannels.class));
                    Awaitility.await().untilAsserted(() -> {
                        stub.find(ZURICH);
                        assertThat(one.calls).isNotEmpty();
                        assertThat(two.calls).isNotEmpty();
                    });
                    assertThat(one.lastCall().authority()).isEqualTo("127.0.0.1:" + one.port());
                    assertThat(two.lastCall().authority()).isEqualTo("localhost:" + two.port());
                });
        }
    }

    @Test
    void tlsWithoutBundleTrustsWhatTheJvmTrusts() throws IOException {
        try (RecordingServer server = RecordingServer.start(tls(places).build())) {
            StarterRunner.withServerOnFreePort()
                .withPropertyValues(server.asTargetOf("places"), "rpc.client.channels.places.ssl.enabled=true")
                .run((context) -> assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> stub(context.getBean(RpcChannels.class)).find(ZURICH))
                    .withMessageContaining("unable to find valid certification path to requested target]"));
        }
    }

    @Test
    void channelCanTurnInheritedTlsOff() throws IOException {
        try (RecordingServer server = RecordingServer.start()) {
            StarterRunner.withServerOnFreePort()
                .withPropertyValues(server.asTargetOf("places"), "rpc.client.defaults.ssl.bundle=places",
                        "rpc.client.channels.places.ssl.enabled=false")
                .run((context) -> assertThat(stub(context.getBean(RpcChannels.class)).find(ZURICH).getName())
                    .isEqualTo("Zurich"));
        }
    }

    @Test
    void unknownBundleIsReported() {
        StarterRunner.withServerOnFreePort()
            .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
            .withPropertyValues(client.bundle("places", places))
            .withPropertyValues("rpc.client.channels.places.target=localhost:1",
                    "rpc.client.channels.places.ssl.bundle=palces")
            .run((context) -> assertThatExceptionOfType(RpcConfigurationException.class)
                .isThrownBy(() -> context.getBean(RpcChannels.class).get("places"))
                .withMessage("The channel 'places' uses the SSL bundle 'palces', which does not exist."
                        + " SSL bundles: places. Correct rpc.client.channels.places.ssl.bundle,"
                        + " or add the bundle below spring.ssl.bundle.jks or spring.ssl.bundle.pem."));
    }

    @Test
    void bundleThatCannotBeUsedIsReported() {
        StarterRunner.withServerOnFreePort()
            .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
            .withPropertyValues(client.bundle("places", places))
            .withPropertyValues("spring.ssl.bundle.jks.places.keystore.location=" + folder.resolve("missing.p12"),
                    "rpc.client.channels.places.target=localhost:1", "rpc.client.defaults.ssl.bundle=places")
            .run((context) -> assertThatExceptionOfType(RpcConfigurationException.class)
                .isThrownBy(() -> context.getBean(RpcChannels.class).get("places"))
                .withMessage("rpc.client.channels.places.ssl.bundle is 'places', which cannot be used: "
                        + folder.resolve("missing.p12")
                        + ". Correct the bundle below spring.ssl.bundle: files, formats and passwords."));
    }

    @Test
    void certificatesAreSwappedUnderLoadWithoutAFailedCall(CapturedOutput output) throws Exception {
        Path renewal = Files.createDirectory(folder.resolve("renewal"));
        Certificates old = Certificates.of("swapped", folder);
        Certificates renewed = Certificates.of("renewed", renewal);
        AtomicInteger served = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        try (RecordingServer before = start(old, 0); RecordingServer after = start(renewed, 0)) {
            StarterRunner.withServerOnFreePort()
                .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
                .withPropertyValues(client.bundle("places", old))
                .withPropertyValues("spring.ssl.bundle.jks.places.reload-on-update=true",
                        "spring.ssl.bundle.watch.file.quiet-period=50ms",
                        "rpc.client.channels.places.ssl.bundle=places", before.asTargetOf("places"),
                        "rpc.client.channels.other.ssl.bundle=places", after.asTargetOf("other"))
                .run((context) -> {
                    RpcChannels channels = context.getBean(RpcChannels.class);
                    PlacesGrpc.PlacesBlockingStub stub = stub(channels);
                    PlacesGrpc.PlacesBlockingStub stranger = PlacesGrpc.newBlockingStub(channels.get("other"));
                    assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> stranger.find(ZURICH))
                        .withMessageContaining("unable to find valid certification path");
                    CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
                        while (!stop.get()) {
                            stub.find(ZURICH);
                            served.incrementAndGet();
                        }
                    });
                    Awaitility.await().until(() -> served.get() > 50);
                    old.replaceBy(renewed);
                    Awaitility.await()
                        .atMost(30, TimeUnit.SECONDS)
                        .until(() -> output.getOut()
                            .contains("New connections of channels use the updated SSL bundle 'places'"));
                    Awaitility.await()
                        .atMost(30, TimeUnit.SECONDS)
                        .ignoreExceptions()
                        .until(() -> stranger.find(ZURICH).getName().equals("Zurich"));
                    int sofar = served.get();
                    Awaitility.await().until(() -> served.get() > sofar + 50);
                    stop.set(true);
                    load.get(10, TimeUnit.SECONDS);
                    assertThat(before.connections()).isEqualTo(1);
                });
        }
        finally {
            stop.set(true);
        }
    }

    private static RecordingServer start(Certificates owner, int port) throws IOException {
        return RecordingServer.start(Grpc.newServerBuilderForPort(port, tls(owner).build()), new PlacesFixture());
    }

    private static TlsServerCredentials.Builder tls(Certificates owner) throws IOException {
        return TlsServerCredentials.newBuilder()
            .keyManager(stream(owner.certificatePem()), stream(owner.privateKeyPem()));
    }

    private static InputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }

    private static ApplicationContextRunner runner(RecordingServer server) {
        return StarterRunner.withServerOnFreePort()
            .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
            .withPropertyValues(server.asTargetOf("places"), "rpc.client.channels.places.ssl.bundle=places");
    }

    private static PlacesGrpc.PlacesBlockingStub stub(RpcChannels channels) {
        return PlacesGrpc.newBlockingStub(channels.get("places"));
    }

}
