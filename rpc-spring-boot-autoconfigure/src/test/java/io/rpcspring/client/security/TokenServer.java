package io.rpcspring.client.security;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
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
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

import io.rpcspring.fixture.PlainPasswords;
import io.rpcspring.fixture.RsaKeys;

/**
 * A Spring Authorization Server that counts what it is asked for, and fails if told to.
 */
final class TokenServer implements AutoCloseable {

    private final AtomicInteger requests = new AtomicInteger();

    private volatile Duration lifetime = Duration.ofHours(1);

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

    /** What requests wait for. */
    private volatile @Nullable CountDownLatch gate;

    private final ConfigurableApplicationContext context;

    private TokenServer() {
        this.context = new SpringApplicationBuilder(Issuer.class).web(WebApplicationType.SERVLET)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .initializers((context) -> context.getBeanFactory().registerSingleton("tokenServer", this))
            .run("--server.port=0", "--server.address=127.0.0.1", "--spring.autoconfigure.exclude=",
                    "--spring.main.register-shutdown-hook=false");
    }

    static TokenServer start() {
        return new TokenServer();
    }

    String uri() {
        return address() + "/oauth2/token";
    }

    /** What verifies the tokens. */
    String keysUri() {
        return address() + "/oauth2/jwks";
    }

    private String address() {
        return "http://127.0.0.1:" + this.context.getEnvironment().getProperty("local.server.port");
    }

    /** What an application has to know of its client here. */
    String[] registration(String id) {
        return registration(id, uri());
    }

    static String[] registration(String id, String uri) {
        String client = "spring.security.oauth2.client.registration." + id + ".";
        return new String[] { client + "client-id=guide", client + "client-secret=pass:word",
                client + "authorization-grant-type=client_credentials", client + "scope=read",
                "spring.security.oauth2.client.provider." + id + ".token-uri=" + uri };
    }

    /** How often somebody asked for a token. */
    int requests() {
        return this.requests.get();
    }

    /** How long the tokens live that come next. */
    void lifetime(Duration duration) {
        this.lifetime = duration;
    }

    /** What the next requests get instead of tokens. */
    void answerNext(int times, int status, String type, String body) {
        for (int i = 0; i < times; i++) {
            this.answers.add(new Answer(status, type, body));
        }
    }

    /** Requests wait from now on. */
    void hold() {
        this.gate = new CountDownLatch(1);
    }

    void release() {
        CountDownLatch closed = this.gate;
        if (closed != null) {
            closed.countDown();
            this.gate = null;
        }
    }

    /** As it was at the beginning. */
    void reset() {
        release();
        this.requests.set(0);
        this.answers.clear();
        lifetime(Duration.ofHours(1));
    }

    @Override
    public void close() {
        release();
        this.context.close();
    }

    private void pass(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        this.requests.incrementAndGet();
        CountDownLatch closed = this.gate;
        if (closed != null) {
            try {
                closed.await();
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }
        Answer answer = this.answers.poll();
        if (answer == null) {
            chain.doFilter(request, response);
        }
        else {
            ((HttpServletResponse) response).setStatus(answer.status());
            response.setContentType(answer.type());
            response.getWriter().write(answer.body());
        }
    }

    private RegisteredClient client() {
        return RegisteredClient.withId("1")
            .clientId("guide")
            .clientSecret("pass:word")
            .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .scope("read")
            .tokenSettings(TokenSettings.builder().accessTokenTimeToLive(this.lifetime).build())
            .build();
    }

    /**
     * Instead of a token.
     *
     * @param status of HTTP
     * @param type of the body
     * @param body what is written
     */
    private record Answer(int status, String type, String body) {
    }

    /** The application that has the authorization server. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
            WebMvcAutoConfiguration.class, SecurityAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class,
            SecurityFilterAutoConfiguration.class, OAuth2AuthorizationServerAutoConfiguration.class,
            OAuth2AuthorizationServerJwtAutoConfiguration.class })
    @Import(RsaKeys.Signing.class)
    static class Issuer {

        @Bean
        PasswordEncoder passwords() {
            return new PlainPasswords();
        }

        /** Looked up anew for each request. */
        @Bean
        RegisteredClientRepository clients(TokenServer server) {
            return new RegisteredClientRepository() {

                @Override
                public void save(RegisteredClient client) {
                    throw new IllegalStateException("Nothing of the client changes");
                }

                @Override
                public @Nullable RegisteredClient findById(String id) {
                    return server.client();
                }

                @Override
                public @Nullable RegisteredClient findByClientId(String clientId) {
                    return clientId.equals("guide") ? server.client() : null;
                }

            };
        }

        @Bean
        FilterRegistrationBean<Filter> counter(TokenServer server) {
            FilterRegistrationBean<Filter> counter = new FilterRegistrationBean<>(server::pass);
            counter.setUrlPatterns(List.of("/oauth2/token"));
            counter.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return counter;
        }

    }

}
