package io.rpcspring.server.transport;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.fixture.Certificates;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.DefaultServer;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Encrypted connections, and who is let in.
 */
@ExtendWith(OutputCaptureExtension.class)
class ServerTlsTests {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private static Path folder;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Certificates server;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Certificates good;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Certificates stranger;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Certificates expired;

    @BeforeAll
    static void makeCertificates() throws Exception {
        server = Certificates.of("server", folder);
        good = Certificates.of("good", folder);
        stranger = Certificates.of("stranger", folder);
        expired = good.signedAndExpired("expired", folder);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            none | none     | OK      |                      |
            none | good     | OK      |                      |
            none | stranger | OK      |                      |
            none | expired  | OK      |                      |
            want | none     | OK      |                      |
            want | good     | OK      |                      |
            want | stranger | refused | ALERT                | unable to find valid certification path
            want | expired  | refused | CERTIFICATE_EXPIRED  | NotAfter:
            need | none     | refused | CERTIFICATE_REQUIRED | error:100000c0:SSL routines
            need | good     | OK      |                      |
            need | stranger | refused | ALERT                | unable to find valid certification path
            need | expired  | refused | CERTIFICATE_EXPIRED  | NotAfter:
            """)
    void letsInWhoShowsWhatIsAskedFor(String clientAuth, String client, String outcome, @Nullable String toldToClient,
            @Nullable String logged, CapturedOutput output) throws Exception {
        try (DefaultServer started = start(good, "rpc.server.ssl.client-auth=" + clientAuth)) {
            String seen = call(started.port(), credentials(server, certificates(client)));
            if (outcome.equals("OK")) {
                assertThat(seen).isEqualTo("OK");
                assertThat(output).doesNotContain("TLS handshake with");
            }
            else {
                assertThat(seen).startsWith("UNAVAILABLE: ");
                // Who still writes when the server has gone may meet that before he reads
                // why.
                await().untilAsserted(() -> assertThat(call(started.port(), credentials(server, certificates(client))))
                    .contains(toldToClient));
                // Not each is logged, if there were many.
                await().pollDelay(Duration.ofMillis(20)).pollInterval(Duration.ofSeconds(1)).until(() -> {
                    boolean told = output.getOut().contains("failed: " + logged);
                    return told || call(started.port(), credentials(server, certificates(client))).isEmpty();
                });
                assertThat(output).contains("The TLS handshake with /127.0.0.1:");
            }
        }
    }

    @Test
    void tlsCanBeTurnedOffWhereABundleIsSet() throws Exception {
        try (DefaultServer started = start(good, "rpc.server.ssl.enabled=false", "rpc.server.ssl.client-auth=need")) {
            assertThat(call(started.port(), InsecureChannelCredentials.create())).isEqualTo("OK");
        }
    }

    @Test
    void tlsNeedsABundle() {
        assertThatException().isThrownBy(() -> DefaultServer.start("rpc.server.ssl.enabled=true").close())
            .havingRootCause()
            .withMessage("rpc.server.ssl.enabled is true, but rpc.server.ssl.bundle is not set."
                    + " Set rpc.server.ssl.bundle to the SSL bundle with the server's certificate,"
                    + " or remove rpc.server.ssl.enabled.");
    }

    @Test
    void plainTextClientIsToldApart(CapturedOutput output) throws Exception {
        try (DefaultServer started = start(good)) {
            await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> {
                assertThat(call(started.port(), InsecureChannelCredentials.create())).startsWith("UNAVAILABLE");
                assertThat(output).containsPattern("The TLS handshake with /127\\.0\\.0\\.1:\\d+ failed:"
                        + " not an SSL/TLS record: [0-9a-f]+(\\.\\.\\.)?"
                        + " \\(it speaks plain text, but rpc\\.server\\.ssl\\.bundle is set\\)\n");
            });
        }
    }

    @Test
    void tlsClientOfAPlainTextServerIsToldApart(CapturedOutput output) throws Exception {
        try (DefaultServer started = DefaultServer.start()) {
            await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> {
                assertThat(call(started.port(), credentials(server, null))).startsWith("UNAVAILABLE");
                assertThat(output).containsPattern("A client of the gRPC server broke the protocol:"
                        + " HTTP/2 client preface string missing or corrupt\\. Hex dump for received bytes: 1603[0-9a-f]+"
                        + " \\(it speaks TLS, but rpc\\.server\\.ssl\\.bundle is not set\\)\n");
            });
        }
    }

    @Test
    void renewedCertificateServesNewConnectionsAndOldOnesStay() throws Exception {
        Certificates current = Certificates.of("current", folder);
        Certificates renewed = Certificates.of("renewed", folder);
        String trustRenewed = renewed.certificatePem();
        List<String> properties = bundle(current, good);
        properties.addAll(List.of("rpc.server.ssl.bundle=server", "spring.ssl.bundle.jks.server.reload-on-update=true",
                "spring.ssl.bundle.watch.file.quiet-period=20ms"));
        try (DefaultServer started = DefaultServer.start(properties.toArray(new String[0]));
                Connection old = connect(started.port(), credentials(current, null))) {
            assertThat(old.find("Zurich").getName()).isEqualTo("Zurich");
            current.replaceBy(renewed);
            ChannelCredentials credentials = TlsChannelCredentials.newBuilder()
                .trustManager(stream(trustRenewed))
                .build();
            await().atMost(20, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(call(started.port(), credentials)).isEqualTo("OK"));
            assertThat(old.find("Zurich").getName()).isEqualTo("Zurich");
        }
    }

    @Test
    void updateThatCannotBeUsedKeepsTheCertificate(CapturedOutput output) throws Exception {
        Certificates current = Certificates.of("kept", folder);
        ChannelCredentials credentials = credentials(current, null);
        List<String> properties = bundle(current, good);
        properties.addAll(List.of("rpc.server.ssl.bundle=server", "spring.ssl.bundle.jks.server.reload-on-update=true",
                "spring.ssl.bundle.watch.file.quiet-period=20ms"));
        try (DefaultServer started = DefaultServer.start(properties.toArray(new String[0]))) {
            Files.writeString(current.keyStore(), "no key store");
            await().atMost(20, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(output).contains(
                        "gRPC server keeps its certificate: the updated" + " SSL bundle 'server' cannot be used: "));
            assertThat(call(started.port(), credentials)).isEqualTo("OK");
        }
    }

    @Test
    void protocolsOfTheBundleAreHonoured() throws Exception {
        try (DefaultServer started = start(good, "spring.ssl.bundle.jks.server.options.enabled-protocols=TLSv1.2",
                "spring.ssl.bundle.jks.server.options.ciphers=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")) {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] { new TrustAll() }, null);
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", started.port())) {
                socket.startHandshake();
                assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
                assertThat(socket.getSession().getCipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
            }
        }
    }

    @Test
    void unixSocketIsEncryptedToo() throws Exception {
        Path socket = folder.resolve("tls.sock");
        try (DefaultServer started = start(good, "rpc.server.unix-socket=" + socket);
                Connection plain = Connection.to("unix:" + socket);
                Connection tls = new Connection(Grpc.newChannelBuilder("unix:" + socket, credentials(server, null))
                    .overrideAuthority("localhost")
                    .build())) {
            assertThat(started.port()).isPositive();
            assertThat(tls.find("Zurich").getName()).isEqualTo("Zurich");
            assertThatException().isThrownBy(() -> plain.find("Zurich"));
        }
    }

    @Test
    void silentConnectionIsDroppedThoughItNeverSpokeTls() throws Exception {
        try (DefaultServer started = start(good, "rpc.server.limits.handshake-timeout=5ms");
                RawConnection silent = RawConnection.silent(started.port())) {
            assertThat(silent.closes(15)).isTrue();
        }
    }

    @Test
    void bundleThatDoesNotExistStopsTheStart() {
        List<String> properties = bundle(server, good);
        properties.add("rpc.server.ssl.bundle=servr");
        assertRefused(properties, "rpc.server.ssl.bundle is 'servr', but there is no such bundle. Bundles: server."
                + " Set rpc.server.ssl.bundle to one of them, or add" + " spring.ssl.bundle.jks.servr.keystore.location"
                + " (or spring.ssl.bundle.pem.servr.keystore.certificate).");
    }

    @Test
    void bundleThatCannotBeReadStopsTheStart() {
        List<String> properties = bundle(server, good);
        properties.set(0, "spring.ssl.bundle.jks.server.keystore.location=" + folder.resolve("missing.p12"));
        properties.add("rpc.server.ssl.bundle=server");
        assertRefused(properties,
                "rpc.server.ssl.bundle is 'server', which cannot be used: " + folder.resolve("missing.p12") + "."
                        + " Correct the bundle below spring.ssl.bundle: files, formats and passwords.");
    }

    @Test
    void bundleWithoutCertificateStopsTheStart() {
        List<String> properties = bundle(server, good).subList(2, 4);
        properties.add("rpc.server.ssl.bundle=server");
        assertRefused(properties,
                "rpc.server.ssl.bundle is 'server', which has no certificate for the server."
                        + " Add spring.ssl.bundle.jks.server.keystore.location"
                        + " (or spring.ssl.bundle.pem.server.keystore.certificate).");
    }

    @Test
    void clientAuthWithoutTrustStopsTheStart() {
        List<String> properties = bundle(server, good).subList(0, 2);
        properties.addAll(List.of("rpc.server.ssl.bundle=server", "rpc.server.ssl.client-auth=want"));
        assertRefused(properties,
                "rpc.server.ssl.client-auth is 'want', but the bundle 'server' does not say which clients to trust."
                        + " Add spring.ssl.bundle.jks.server.truststore.location"
                        + " (or spring.ssl.bundle.pem.server.truststore.certificate),"
                        + " or set rpc.server.ssl.client-auth to none.");
    }

    private static void assertRefused(List<String> properties, String message) {
        assertThatException().isThrownBy(() -> DefaultServer.start(properties.toArray(new String[0])))
            .satisfies((ex) -> assertThat(ex).hasStackTraceContaining(message));
    }

    private static DefaultServer start(Certificates trusted, String... more) {
        List<String> properties = bundle(server, trusted);
        properties.add("rpc.server.ssl.bundle=server");
        properties.addAll(List.of(more));
        return DefaultServer.start(properties.toArray(new String[0]));
    }

    private static List<String> bundle(Certificates own, Certificates trusted) {
        return new ArrayList<>(List.of(own.bundle("server", trusted)));
    }

    private static String call(int port, ChannelCredentials credentials) {
        try (Connection connection = connect(port, credentials)) {
            return PlacesGrpc.newBlockingStub(connection.channel())
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .find(PlaceName.newBuilder().setName("OK").build())
                .getName();
        }
        catch (StatusRuntimeException ex) {
            return ex.getStatus().getCode() + ": " + ex.getStatus().getDescription() + " " + ex.getCause();
        }
    }

    private static Connection connect(int port, ChannelCredentials credentials) {
        return new Connection(Grpc.newChannelBuilder("localhost:" + port, credentials).build());
    }

    private static @Nullable Certificates certificates(String client) {
        return switch (client) {
            case "good" -> good;
            case "stranger" -> stranger;
            case "expired" -> expired;
            default -> null;
        };
    }

    private static ChannelCredentials credentials(Certificates trusted, @Nullable Certificates own) throws Exception {
        TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder()
            .trustManager(stream(trusted.certificatePem()));
        if (own != null) {
            builder.keyManager(new Insistent(own));
        }
        return builder.build();
    }

    private static InputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }

    /** Shows its certificate, whatever authorities the server asks for. */
    private static final class Insistent extends X509ExtendedKeyManager {

        private final PrivateKey key;

        private final X509Certificate[] chain;

        private Insistent(Certificates own) throws Exception {
            KeyStore store = KeyStore.getInstance(own.keyStore().toFile(), Certificates.PASSWORD.toCharArray());
            String alias = store.aliases().nextElement();
            this.key = (PrivateKey) store.getKey(alias, Certificates.PASSWORD.toCharArray());
            this.chain = Stream.of(store.getCertificateChain(alias)).toArray(X509Certificate[]::new);
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return "own";
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return "own";
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] { "own" };
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return this.chain;
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return this.key;
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }

    }

    /** Trusts everybody: only what the server offers matters. */
    private static final class TrustAll implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }

    }

}
