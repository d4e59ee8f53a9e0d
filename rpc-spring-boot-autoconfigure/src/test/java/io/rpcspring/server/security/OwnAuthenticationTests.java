package io.rpcspring.server.security;

import java.util.List;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

import io.rpcspring.RpcContext;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.SharedServer;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Credentials that only the application knows go before all others.
 */
class OwnAuthenticationTests {

    private static final Metadata.Key<String> KEY = Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER);

    @RegisterExtension
    static final SharedServer SHARED = new SharedServer();

    @BeforeAll
    static void start() {
        SHARED.start(List.of(WhoPlaces.class, Users.class, Tokens.decoder(), Secured.AUTO_CONFIGURATION),
                "rpc.server.security.basic.enabled=true");
    }

    private static String call(Metadata headers) {
        Ended end = Secured.call(SHARED.running().channel(), PlacesGrpc.getFindMethod(), headers);
        return end.status().isOk() ? WhoPlaces.told(end) : Secured.line(end);
    }

    private static Metadata withKey(String key, Metadata headers) {
        headers.put(KEY, key);
        return headers;
    }

    @Test
    void firstThatRecognisesCredentialsDecides() {
        assertThat(call(withKey("good", Secured.nobody()))).isEqualTo("key, key");
        assertThat(call(withKey("good", Secured.bearer(Tokens.of("anna"))))).isEqualTo("key, key");
        assertThat(call(withKey("bad", Secured.bearer(Tokens.of("anna")))))
            .isEqualTo("UNAUTHENTICATED: The credentials are not valid (UNAUTHENTICATED)");
        assertThat(call(Secured.bearer(Tokens.of("anna")))).isEqualTo("anna, anna");
        assertThat(call(Secured.basic("bert", "secret"))).isEqualTo("bert, bert");
    }

    /** Whoever forgets to verify lets nobody in. */
    @Test
    void whatNobodyHasVerifiedIsRefused() {
        assertThat(call(withKey("unverified", Secured.nobody())))
            .isEqualTo("UNAUTHENTICATED: The credentials are not valid (UNAUTHENTICATED)");
    }

    /** What the application itself does wrong is no fault of the caller. */
    @Test
    void ownMistakeIsAFailureOfTheServer() {
        assertThat(call(withKey("mistake", Secured.nobody())))
            .matches("UNKNOWN: The server failed, id .{8} \\(FAILED\\)");
    }

    /** Knows keys. */
    @Order(1)
    static final class Keys implements RpcAuthentication {

        @Override
        public @Nullable Authentication authenticate(RpcContext call) {
            String key = call.requestHeaders().get(KEY);
            if (key == null) {
                return null;
            }
            return switch (key) {
                case "good" -> new TestingAuthenticationToken("key", key, List.of());
                case "unverified" -> new TestingAuthenticationToken("key", key);
                case "bad" -> throw new BadCredentialsException("No such key: " + key);
                default -> throw new IllegalStateException("The store of keys is broken");
            };
        }

    }

    /** Who may come. */
    @Configuration(proxyBeanMethods = false)
    static class Users {

        @Bean
        RpcAuthentication keys() {
            return new Keys();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(User.withUsername("bert").password("{noop}secret").build());
        }

    }

}
