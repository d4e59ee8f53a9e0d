package io.rpcspring.server.security;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;

import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tokens of a real authorization server, with what Spring Boot makes of its properties.
 */
class AuthorizationServerTests {

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static AuthorizationServer issuer;

    @BeforeAll
    static void start() {
        issuer = new AuthorizationServer();
    }

    @AfterAll
    static void stop() {
        issuer.close();
    }

    private static PlacesServer places(String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("rpc.server.security.rules.[places.v1.Places].methods.Find=hasAuthority('SCOPE_write')");
        return Secured.start(List.of(WhoPlaces.class, OAuth2ResourceServerAutoConfiguration.class),
                all.toArray(String[]::new));
    }

    private static String call(PlacesServer server, String token) {
        Ended end = Secured.call(server.channel(), PlacesGrpc.getFindMethod(), Secured.bearer(token));
        return end.status().isOk() ? WhoPlaces.told(end) : Secured.line(end);
    }

    @Test
    void issuerIsAllThatAServerHasToKnow() throws Exception {
        try (PlacesServer server = places("spring.security.oauth2.resourceserver.jwt.issuer-uri=" + issuer.uri())) {
            assertThat(call(server, issuer.token("write"))).isEqualTo("atlas, atlas");
            assertThat(call(server, issuer.token("read")))
                .isEqualTo("PERMISSION_DENIED: The caller may not call places.v1.Places/Find (NOT_ALLOWED)");
            assertThat(call(server, Tokens.of("atlas", "write"))).startsWith("UNAUTHENTICATED");
        }
    }

    @Test
    void newKeysAreFoundWithoutARestart() throws Exception {
        try (PlacesServer server = places("spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + issuer.keysUri(),
                "rpc.server.security.token-cache.enabled=false")) {
            String old = issuer.token("write");
            assertThat(call(server, old)).isEqualTo("atlas, atlas");
            issuer.rotate();
            assertThat(call(server, issuer.token("write"))).isEqualTo("atlas, atlas");
            assertThat(call(server, old)).startsWith("UNAUTHENTICATED");
        }
    }

    @Test
    void authoritiesAreThoseThatSpringBootIsTold() throws Exception {
        try (PlacesServer server = places("spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + issuer.keysUri(),
                "spring.security.oauth2.resourceserver.jwt.authority-prefix=may_",
                "rpc.server.security.default-access=hasAuthority('may_read')")) {
            assertThat(
                    Secured.call(server.channel(), PlacesGrpc.getWithinMethod(), Secured.bearer(issuer.token("read")))
                        .status()
                        .isOk())
                .isTrue();
        }
    }

    @Test
    void opaqueTokensAreAskedFor() throws Exception {
        try (PlacesServer server = places(
                "spring.security.oauth2.resourceserver.opaquetoken.introspection-uri=" + issuer.uri()
                        + "/oauth2/introspect",
                "spring.security.oauth2.resourceserver.opaquetoken.client-id=atlas",
                "spring.security.oauth2.resourceserver.opaquetoken.client-secret=secret")) {
            assertThat(call(server, issuer.token("write"))).isEqualTo("atlas, atlas");
            assertThat(call(server, "unknown")).startsWith("UNAUTHENTICATED");
        }
    }

}
