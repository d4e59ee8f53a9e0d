package io.rpcspring.server.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;

import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What was verified is remembered for a while, and not for longer.
 */
@ExtendWith(OutputCaptureExtension.class)
class TokenCacheTests {

    private static final AtomicInteger verified = new AtomicInteger();

    private final TestClock clock = new TestClock();

    private final TokenCache cache = new TokenCache(Duration.ofSeconds(60), 100, this.clock);

    private static AuthorizationHeader key(String token) {
        return new AuthorizationHeader("Bearer " + token, "Bearer ".length());
    }

    private void add(String token, Duration left) {
        Instant now = this.clock.instant();
        this.cache.add(key(token), new JwtAuthenticationToken(
                new Jwt(token, now.minusSeconds(600), now.plus(left), Map.of("alg", "x"), Map.of("sub", "a"))));
    }

    private boolean knows(String token) {
        return this.cache.find(key(token)) != null;
    }

    @Test
    void tokenIsForgottenAfterTheTimeToLive() {
        add("a", Duration.ofHours(1));
        this.clock.advance(Duration.ofSeconds(60).minusMillis(1));
        assertThat(knows("a")).isTrue();
        this.clock.advance(Duration.ofMillis(1));
        assertThat(knows("a")).isFalse();
        assertThat(this.cache.count()).isZero();
    }

    @Test
    void tokenIsForgottenAtItsEnd() {
        add("a", Duration.ofSeconds(5));
        this.clock.advance(Duration.ofSeconds(5).minusMillis(1));
        assertThat(knows("a")).isTrue();
        this.clock.advance(Duration.ofMillis(1));
        assertThat(knows("a")).isFalse();
    }

    /** The decoder lets tokens pass for a minute more, for clocks that differ. */
    @Test
    void tokenThatHasEndedIsNotRemembered() {
        add("a", Duration.ofSeconds(-1));
        assertThat(this.cache.count()).isZero();
    }

    /** It is found by its end, and compared as a whole. */
    @Test
    void tokenThatOnlyEndsAsAnotherIsNotKnown() {
        String end = "x".repeat(40);
        add("a." + end, Duration.ofHours(1));
        assertThat(knows("b." + end)).isFalse();
        assertThat(knows("a.x" + end)).isFalse();
        assertThat(knows(end)).isFalse();
        assertThat(knows("a." + end)).isTrue();
    }

    @Test
    void neverMoreThanItsSize() {
        IntStream.range(0, 1000).forEach((i) -> {
            add("token " + i, Duration.ofHours(1));
            assertThat(this.cache.count()).isLessThanOrEqualTo(100);
            assertThat(knows("token " + i)).isTrue();
        });
        assertThat(this.cache.count()).isGreaterThan(80);
    }

    @Test
    void fullCacheForgetsWhatHasEndedFirst() {
        IntStream.range(0, 50).forEach((i) -> add("short " + i, Duration.ofSeconds(1)));
        IntStream.range(0, 50).forEach((i) -> add("long " + i, Duration.ofHours(1)));
        this.clock.advance(Duration.ofSeconds(2));
        add("one more", Duration.ofHours(1));
        assertThat(this.cache.count()).isEqualTo(51);
        assertThat(IntStream.range(0, 50)).allMatch((i) -> knows("long " + i));
    }

    @Test
    void callsWithTheSameTokenAreVerifiedOnce() {
        assertThat(verifications(List.of(Decoder.class))).isEqualTo(1);
    }

    /** The scheme's case and the spaces are no part of it. */
    @Test
    void tokenIsKnownHoweverItIsWritten() {
        String token = Tokens.of("anna");
        try (PlacesServer server = Secured.start(List.of(WhoPlaces.class, Decoder.class, Introspector.class))) {
            int before = verified.get();
            for (String written : List.of("Bearer " + token, "bearer " + token, "BEARER   " + token)) {
                assertThat(WhoPlaces
                    .told(Secured.call(server.channel(), PlacesGrpc.getFindMethod(), Secured.authorization(written))))
                    .isEqualTo("anna, anna");
            }
            assertThat(verified.get() - before).isEqualTo(1);
        }
    }

    @Test
    void cacheCanBeSwitchedOff() {
        assertThat(verifications(List.of(Decoder.class), "rpc.server.security.token-cache.enabled=false")).isEqualTo(3);
    }

    @Test
    void validatorOfTheApplicationSeesEachCall(CapturedOutput output) {
        assertThat(verifications(List.of(Decoder.class, DenyList.class))).isEqualTo(3);
        assertThat(output)
            .contains("Verified tokens are not remembered, because 'denyList' may want to see the token of"
                    + " each call; if not, set rpc.server.security.token-cache.enabled to true");
        assertThat(
                verifications(List.of(Decoder.class, DenyList.class), "rpc.server.security.token-cache.enabled=true"))
            .isEqualTo(1);
    }

    @Test
    void opaqueTokensAreRememberedOnlyIfAskedFor() {
        assertThat(verifications(List.of(Introspector.class))).isEqualTo(3);
        assertThat(verifications(List.of(Introspector.class), "rpc.server.security.token-cache.opaque=true"))
            .isEqualTo(1);
    }

    @Test
    void bothKindsOfTokensMayCome() {
        try (PlacesServer server = Secured.start(List.of(WhoPlaces.class, Decoder.class, Introspector.class))) {
            assertThat(WhoPlaces
                .told(Secured.call(server.channel(), PlacesGrpc.getFindMethod(), Secured.bearer(Tokens.of("anna")))))
                .isEqualTo("anna, anna");
            assertThat(WhoPlaces
                .told(Secured.call(server.channel(), PlacesGrpc.getFindMethod(), Secured.bearer("opaque"))))
                .isEqualTo("bert, bert");
        }
    }

    @Test
    void tokensThatTakeTurnsInTooSmallACacheAreVerifiedEachTime() {
        try (PlacesServer server = Secured.start(List.of(WhoPlaces.class, Decoder.class),
                "rpc.server.security.token-cache.size=1")) {
            String anna = Tokens.of("anna");
            String bert = Tokens.of("bert");
            assertThat(verifications(server, anna, bert, anna, bert)).isEqualTo(4);
            assertThat(verifications(server, bert, bert, anna)).isEqualTo(1);
        }
    }

    @Test
    void tokenIsVerifiedAgainAfterTheTimeToLiveOfTheConfiguration() {
        try (PlacesServer server = Secured.start(List.of(WhoPlaces.class, Decoder.class),
                "rpc.server.security.token-cache.time-to-live=5ms")) {
            String anna = Tokens.of("anna");
            assertThat(verifications(server, anna)).isEqualTo(1);
            Instant remembered = Instant.now();
            await().until(() -> Duration.between(remembered, Instant.now()).toMillis() > 5);
            assertThat(verifications(server, anna)).isEqualTo(1);
        }
    }

    private static int verifications(List<Class<?>> beans, String... properties) {
        List<Class<?>> all = new ArrayList<>(beans);
        all.add(WhoPlaces.class);
        try (PlacesServer server = Secured.start(all, properties)) {
            String token = Tokens.of("anna");
            return verifications(server, token, token, token);
        }
    }

    /** How many were verified of calls that make each other wait. */
    private static int verifications(PlacesServer server, String... tokens) {
        int before = verified.get();
        for (String token : tokens) {
            assertThat(
                    Secured.call(server.channel(), PlacesGrpc.getFindMethod(), Secured.bearer(token)).status().isOk())
                .isTrue();
        }
        return verified.get() - before;
    }

    /** Counts. */
    @Configuration(proxyBeanMethods = false)
    static class Decoder {

        @Bean
        JwtDecoder decoder() {
            JwtDecoder decoder = Tokens.decoder();
            return (token) -> {
                verified.incrementAndGet();
                return decoder.decode(token);
            };
        }

    }

    /** Counts. */
    @Configuration(proxyBeanMethods = false)
    static class Introspector {

        @Bean
        OpaqueTokenIntrospector introspector() {
            return (token) -> {
                verified.incrementAndGet();
                return new DefaultOAuth2AuthenticatedPrincipal("bert",
                        Map.of("exp", Instant.now().plusSeconds(600), "iat", Instant.now()), List.of());
            };
        }

    }

    /** Knows tokens that are no good any more. */
    @Configuration(proxyBeanMethods = false)
    static class DenyList {

        @Bean
        OAuth2TokenValidator<Jwt> denyList() {
            return (token) -> OAuth2TokenValidatorResult.success();
        }

    }

    /** Goes when it is told. */
    private static final class TestClock extends Clock {

        private Instant now = Instant.parse("2026-12-01T12:00:00Z");

        private void advance(Duration time) {
            this.now = this.now.plus(time);
        }

        @Override
        public Instant instant() {
            return this.now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

    }

}
