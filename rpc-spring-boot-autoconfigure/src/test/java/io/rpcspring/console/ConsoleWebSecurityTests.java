package io.rpcspring.console;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

import io.rpcspring.RpcConfigurationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The console under the web rules of an application.
 */
class ConsoleWebSecurityTests {

    private static final String[] USER = { "spring.security.user.name=ann", "spring.security.user.password=secret",
            "server.address=0.0.0.0" };

    private static final String CREDENTIALS = "Basic "
            + Base64.getEncoder().encodeToString("ann:secret".getBytes(StandardCharsets.UTF_8));

    @Test
    void whoIsNotKnownIsKeptOut() throws Exception {
        try (ConsoleServer server = ConsoleServer.start(List.of(TriedPlaces.class, Security.class), USER)) {
            assertThat(server.get("/rpc/session").statusCode()).isEqualTo(401);
            assertThat(server.get("/rpc/socket").statusCode()).isEqualTo(401);
            assertThat(server.get("/rpc/session", "Authorization", CREDENTIALS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void ruleOfThePathLetsOperatorsIn() throws Exception {
        try (ConsoleServer server = ConsoleServer.start(List.of(TriedPlaces.class, Security.class, Operators.class),
                USER[0], USER[1], USER[2], "spring.security.user.roles=OPERATOR")) {
            assertThat(server.get("/rpc/").statusCode()).isEqualTo(401);
            assertThat(server.get("/rpc/session", "Authorization", CREDENTIALS).statusCode()).isEqualTo(200);
        }
        try (ConsoleServer server = ConsoleServer.start(List.of(TriedPlaces.class, Security.class, Operators.class),
                USER)) {
            assertThat(server.get("/rpc/session", "Authorization", CREDENTIALS).statusCode()).isEqualTo(403);
        }
    }

    /** As if there were none. */
    @Test
    void publicAddressStopsTheStartIfTheRulesLetEverybodyIn() {
        Throwable failure = catchThrowable(
                () -> ConsoleServer.start(List.of(TriedPlaces.class, Security.class, Open.class), USER).close());
        assertThat(NestedExceptionUtils.getMostSpecificCause(failure)).isInstanceOfSatisfying(
                RpcConfigurationException.class,
                (ex) -> assertThat(ex.description()).isEqualTo(
                        "The RPC console would be open to everybody who reaches 0.0.0.0 (server.address): nothing"
                                + " asks who they are at /rpc."));
    }

    /** As Spring Boot configures it. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ SecurityAutoConfiguration.class, UserDetailsServiceAutoConfiguration.class,
            ServletWebSecurityAutoConfiguration.class, SecurityFilterAutoConfiguration.class })
    static class Security {

    }

    /** As docs/console.md has it. */
    @Configuration(proxyBeanMethods = false)
    static class Operators {

        @Bean
        SecurityFilterChain rules(HttpSecurity http) {
            return http
                .authorizeHttpRequests(
                        (rules) -> rules.requestMatchers("/rpc/**").hasRole("OPERATOR").anyRequest().permitAll())
                .httpBasic(Customizer.withDefaults())
                .build();
        }

    }

    /** Asks for nothing but one path. */
    @Configuration(proxyBeanMethods = false)
    static class Open {

        @Bean
        SecurityFilterChain open(HttpSecurity http) {
            return http
                .authorizeHttpRequests(
                        (rules) -> rules.requestMatchers("/admin/**").authenticated().anyRequest().permitAll())
                .build();
        }

    }

}
