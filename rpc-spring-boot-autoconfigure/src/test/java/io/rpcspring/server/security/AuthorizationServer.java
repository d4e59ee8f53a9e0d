package io.rpcspring.server.security;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;

import com.jayway.jsonpath.JsonPath;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.authorization.autoconfigure.servlet.OAuth2AuthorizationServerAutoConfiguration;
import org.springframework.boot.security.oauth2.server.authorization.autoconfigure.servlet.OAuth2AuthorizationServerJwtAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.crypto.password.PasswordEncoder;

import io.rpcspring.fixture.PlainPasswords;
import io.rpcspring.fixture.RsaKeys;

/**
 * A Spring Authorization Server whose keys can be changed.
 */
final class AuthorizationServer implements AutoCloseable {

    private static final String CLIENT = "spring.security.oauth2.authorizationserver.client.atlas.";

    private final AtomicReference<JWKSet> keys = new AtomicReference<>(RsaKeys.published(RsaKeys.FIRST));

    private final ConfigurableApplicationContext context;

    AuthorizationServer() {
        this.context = new SpringApplicationBuilder(Issuer.class).web(WebApplicationType.SERVLET)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .initializers((starting) -> starting.getBeanFactory().registerSingleton("keys", this.keys))
            .run("--server.port=0", "--server.address=127.0.0.1", "--spring.autoconfigure.exclude=",
                    "--spring.main.register-shutdown-hook=false", "--" + CLIENT + "registration.client-id=atlas",
                    "--" + CLIENT + "registration.client-secret=secret",
                    "--" + CLIENT + "registration.client-authentication-methods=client_secret_basic",
                    "--" + CLIENT + "registration.authorization-grant-types=client_credentials",
                    "--" + CLIENT + "registration.scopes=read,write",
                    "--" + CLIENT + "token.access-token-format=self-contained");
    }

    /** Signs with a new key from now on, and has forgotten the old one. */
    void rotate() {
        this.keys.set(RsaKeys.published(RsaKeys.SECOND));
    }

    String uri() {
        return "http://127.0.0.1:" + this.context.getEnvironment().getProperty("local.server.port");
    }

    String keysUri() {
        return uri() + "/oauth2/jwks";
    }

    /** A new token for the client. */
    String token(String scope) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri() + "/oauth2/token"))
            .header("Authorization",
                    "Basic " + Base64.getEncoder().encodeToString("atlas:secret".getBytes(StandardCharsets.US_ASCII)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&scope=" + scope))
            .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        return JsonPath.read(answer.body(), "$.access_token");
    }

    @Override
    public void close() {
        this.context.close();
    }

    /** The application that has the authorization server. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
            WebMvcAutoConfiguration.class, SecurityAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class,
            SecurityFilterAutoConfiguration.class, OAuth2AuthorizationServerAutoConfiguration.class,
            OAuth2AuthorizationServerJwtAutoConfiguration.class })
    static class Issuer {

        @Bean
        PasswordEncoder passwords() {
            return new PlainPasswords();
        }

        @Bean
        JWKSource<SecurityContext> source(AtomicReference<JWKSet> keys) {
            return (selector, context) -> selector.select(keys.get());
        }

    }

}
