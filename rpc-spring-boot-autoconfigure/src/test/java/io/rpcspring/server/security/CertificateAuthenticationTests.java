package io.rpcspring.server.security;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;

import io.rpcspring.fixture.Certificates;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The certificate of a connection says who calls.
 */
class CertificateAuthenticationTests {

    private static final String SPIFFE = "spiffe://example.org/atlas";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private static Path folder;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Certificates server;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Certificates named;

    @BeforeAll
    static void makeCertificates() {
        server = Certificates.of("server", folder);
        named = Certificates.of("atlas", folder, "EMAIL:atlas@example.org", "DNS:atlas.example.org", "URI:" + SPIFFE);
    }

    private static PlacesServer start(Certificates trusted, String clientAuth, String principal, Object... more) {
        List<Object> beans = new ArrayList<>(List.of(WhoPlaces.class, SslAutoConfiguration.class));
        beans.addAll(List.of(more));
        List<String> properties = new ArrayList<>(List.of(server.bundle("server", trusted)));
        properties.addAll(List.of("rpc.server.ssl.bundle=server", "rpc.server.ssl.client-auth=" + clientAuth,
                "rpc.server.security.certificate.principal=" + principal));
        return Secured.start(beans, properties.toArray(String[]::new));
    }

    private static String call(PlacesServer running, @Nullable Certificates client, Metadata headers) throws Exception {
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder()
            .trustManager(stream(server.certificatePem()));
        if (client != null) {
            credentials.keyManager(stream(client.certificatePem()), stream(client.privateKeyPem()));
        }
        ManagedChannel channel = Grpc.newChannelBuilder("localhost:" + running.port(), credentials.build()).build();
        try {
            Ended end = Secured.call(channel, PlacesGrpc.getFindMethod(), headers);
            return end.status().isOk() ? WhoPlaces.told(end) : Secured.line(end);
        }
        finally {
            channel.shutdownNow();
        }
    }

    private static InputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @CsvSource({ "subject, atlas", "dns, atlas.example.org", "spiffe, " + SPIFFE, "email, atlas@example.org" })
    void oneOfItsNamesIsTheCallers(String principal, String name) throws Exception {
        try (PlacesServer running = start(named, "need", principal)) {
            assertThat(call(running, named, Secured.nobody())).isEqualTo(name + ", " + name);
        }
    }

    @Test
    void whoShowsNoneIsAStranger() throws Exception {
        try (PlacesServer running = start(named, "want", "spiffe")) {
            assertThat(call(running, named, Secured.nobody())).isEqualTo(SPIFFE + ", " + SPIFFE);
            assertThat(call(running, null, Secured.nobody()))
                .isEqualTo("UNAUTHENTICATED: places.v1.Places/Find needs credentials (UNAUTHENTICATED)");
        }
    }

    @Test
    void certificateWithoutSuchANameIsNobodys() throws Exception {
        Certificates nameless = Certificates.of("nameless", folder, "URI:https://example.org");
        for (String principal : List.of("spiffe", "email")) {
            try (PlacesServer running = start(nameless, "need", principal)) {
                assertThat(call(running, nameless, Secured.nobody()))
                    .isEqualTo("UNAUTHENTICATED: places.v1.Places/Find needs credentials (UNAUTHENTICATED)");
            }
        }
    }

    /** Which the standard forbids: it would be for others to choose. */
    @Test
    void twoSpiffeIdsAreNone() throws Exception {
        Certificates both = Certificates.of("both", folder, "URI:" + SPIFFE, "URI:spiffe://example.org/other");
        try (PlacesServer running = start(both, "need", "spiffe")) {
            assertThat(call(running, both, Secured.nobody())).startsWith("UNAUTHENTICATED");
        }
    }

    /** A proxy or a mesh may have shown the certificate for many callers. */
    @Test
    void tokenWinsOverTheCertificate() throws Exception {
        try (PlacesServer running = start(named, "need", "dns", Tokens.decoder())) {
            assertThat(call(running, named, Secured.bearer(Tokens.of("anna")))).isEqualTo("anna, anna");
            assertThat(call(running, named, Secured.nobody())).startsWith("atlas.example.org");
            assertThat(call(running, named, Secured.bearer("bad"))).startsWith("UNAUTHENTICATED");
        }
    }

}
