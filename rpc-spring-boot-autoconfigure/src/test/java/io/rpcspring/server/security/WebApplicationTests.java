package io.rpcspring.server.security;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.reactive.ReactiveOAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.OAuth2ResourceServerWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.reactive.ReactiveOAuth2ResourceServerWebSecurityAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Beside a secured web application of either kind, or none, with what Spring Boot makes
 * for it.
 */
class WebApplicationTests {

    private static final String REFUSED = "UNAUTHENTICATED: The credentials are not valid (UNAUTHENTICATED)";

    @Test
    void webSecurityStaysAsItIsAndItsUsersMayCall() throws Exception {
        try (ConfigurableApplicationContext context = start(WebApplicationType.SERVLET,
                "--spring.security.user.name=anna", "--spring.security.user.password=secret",
                "--rpc.server.security.basic.enabled=true"); Connection connection = Connection.to(context)) {
            assertThat(WhoPlaces
                .told(Secured.call(connection.channel(), PlacesGrpc.getFindMethod(), Secured.basic("anna", "secret"))))
                .isEqualTo("anna, anna");
            assertThat(Secured
                .line(Secured.call(connection.channel(), PlacesGrpc.getFindMethod(), Secured.basic("anna", "wrong"))))
                .isEqualTo(REFUSED);
            assertThat(get(context, "Basic YW5uYTp3cm9uZw==")).isEqualTo(401);
            assertThat(get(context, "Basic YW5uYTpzZWNyZXQ=")).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tokensOfThePropertiesOfSpringBootLetIn(WebApplicationType type, @TempDir Path folder) throws Exception {
        Path key = Files.writeString(folder.resolve("key.pem"), Tokens.publicKey());
        String token = Tokens.of("anna");
        try (ConfigurableApplicationContext context = start(type,
                "--spring.security.oauth2.resourceserver.jwt.public-key-location=" + key.toUri());
                Connection connection = Connection.to(context)) {
            assertThat(WhoPlaces
                .told(Secured.call(connection.channel(), PlacesGrpc.getFindMethod(), Secured.bearer(token))))
                .isEqualTo("anna, anna");
            assertThat(
                    Secured.line(Secured.call(connection.channel(), PlacesGrpc.getFindMethod(), Secured.bearer("bad"))))
                .isEqualTo(REFUSED);
            if (type != WebApplicationType.NONE) {
                assertThat(get(context, "Bearer bad")).isEqualTo(401);
                assertThat(get(context, "Bearer " + token)).isEqualTo(404);
            }
        }
    }

    private static ConfigurableApplicationContext start(WebApplicationType type, String... properties) {
        return new SpringApplicationBuilder(Web.class, WhoPlaces.class, StarterRunner.CONFIGURATION).web(type)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .properties("server.port=0", "server.address=127.0.0.1", "rpc.server.port=0",
                    "spring.main.register-shutdown-hook=false")
            .run(properties);
    }

    /** The status of a page that is not there, for whoever may know that. */
    private static int get(ConfigurableApplicationContext context, String authorization) throws Exception {
        URI root = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
        return HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(root).header("authorization", authorization).build(),
                    HttpResponse.BodyHandlers.discarding())
            .statusCode();
    }

    /** What Spring Boot makes of an application, by its kind. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
            WebMvcAutoConfiguration.class, SecurityAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class,
            SecurityFilterAutoConfiguration.class, UserDetailsServiceAutoConfiguration.class,
            OAuth2ResourceServerAutoConfiguration.class, OAuth2ResourceServerWebSecurityAutoConfiguration.class,
            TomcatReactiveWebServerAutoConfiguration.class, HttpHandlerAutoConfiguration.class,
            WebFluxAutoConfiguration.class, ReactiveUserDetailsServiceAutoConfiguration.class,
            ReactiveWebSecurityAutoConfiguration.class, ReactiveOAuth2ResourceServerAutoConfiguration.class,
            ReactiveOAuth2ResourceServerWebSecurityAutoConfiguration.class })
    static class Web {

    }

}
