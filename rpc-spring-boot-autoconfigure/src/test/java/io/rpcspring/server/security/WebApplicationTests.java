package io.rpcspring.server.security;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.fixture.Connection;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Beside a secured web application, with the users that Spring Boot makes for it.
 */
class WebApplicationTests {

    @Test
    void webSecurityStaysAsItIsAndItsUsersMayCall() throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Web.class, WhoPlaces.class,
                Secured.autoConfiguration("RpcServer"), Secured.AUTO_CONFIGURATION)
            .web(WebApplicationType.SERVLET)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .run("--server.port=0", "--server.address=127.0.0.1", "--rpc.server.port=0",
                    "--spring.main.register-shutdown-hook=false", "--spring.security.user.name=anna",
                    "--spring.security.user.password=secret", "--rpc.server.security.basic.enabled=true");
                Connection connection = Connection.to(context)) {
            assertThat(WhoPlaces
                .told(Secured.call(connection.channel(), PlacesGrpc.getFindMethod(), Secured.basic("anna", "secret"))))
                .isEqualTo("anna, anna");
            assertThat(Secured
                .line(Secured.call(connection.channel(), PlacesGrpc.getFindMethod(), Secured.basic("anna", "wrong"))))
                .isEqualTo("UNAUTHENTICATED: The credentials are not valid (UNAUTHENTICATED)");
            URI root = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
            assertThat(HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(root).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode()).isEqualTo(401);
        }
    }

    /** What Spring Boot makes of a web application. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
            WebMvcAutoConfiguration.class, SecurityAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class,
            SecurityFilterAutoConfiguration.class, UserDetailsServiceAutoConfiguration.class })
    static class Web {

    }

}
