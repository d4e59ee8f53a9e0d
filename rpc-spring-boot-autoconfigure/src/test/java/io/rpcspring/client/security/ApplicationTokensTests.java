package io.rpcspring.client.security;

import java.time.Instant;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.security.oauth2.client.autoconfigure.reactive.ReactiveOAuth2ClientAutoConfiguration;
import org.springframework.boot.security.oauth2.client.autoconfigure.servlet.OAuth2ClientWebSecurityAutoConfiguration;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import reactor.core.publisher.Mono;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Plain, servlet and reactive applications have tokens, from their own managers if they
 * have any.
 */
@ExtendWith(SharedTokenServer.class)
class ApplicationTokensTests {

    private static final ClientRegistration TOURS = ClientRegistration.withRegistrationId("tours")
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .clientId("guide")
        .tokenUri("http://localhost:1")
        .build();

    @RegisterExtension
    private final RecordingServer server = RecordingServer.start();

    private final TokenServer tokens;

    ApplicationTokensTests(TokenServer tokens) {
        this.tokens = tokens;
    }

    private <S extends AbstractApplicationContextRunner<S, ?, ?>> S configured(S runner) {
        return runner
            .withInitializer(
                    (context) -> context.getEnvironment().setConversionService(new ApplicationConversionService()))
            .withUserConfiguration(StarterRunner.CONFIGURATION)
            .withPropertyValues("rpc.server.port=0", this.server.asTargetOf("places"),
                    "rpc.client.channels.places.oauth2.registration=tours")
            .withPropertyValues(this.tokens.registration("tours"));
    }

    private String sentBy(ApplicationContext context) {
        PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"))
            .find(PlaceName.getDefaultInstance());
        return String.valueOf(this.server.lastCall().header("authorization"));
    }

    private static OAuth2AuthorizedClient client(String name, String token) {
        return new OAuth2AuthorizedClient(TOURS, name, new OAuth2AccessToken(OAuth2AccessToken.TokenType.BEARER, token,
                Instant.now(), Instant.now().plusSeconds(60), Set.of()));
    }

    private static OAuth2AuthorizedClientManager manager(String token) {
        return (request) -> client(request.getPrincipal().getName(), token);
    }

    private ApplicationContextRunner plain() {
        return configured(new ApplicationContextRunner())
            .withConfiguration(AutoConfigurations.of(OAuth2ClientAutoConfiguration.class));
    }

    @Test
    void plainApplication() {
        plain().run((context) -> assertThat(sentBy(context)).startsWith("Bearer ey"));
    }

    /** Spring Security has made a manager that works only within a web request. */
    @Test
    void servletApplication() {
        configured(new WebApplicationContextRunner())
            .withConfiguration(AutoConfigurations.of(OAuth2ClientAutoConfiguration.class,
                    OAuth2ClientWebSecurityAutoConfiguration.class, SecurityAutoConfiguration.class,
                    ServletWebSecurityAutoConfiguration.class))
            .run((context) -> {
                assertThat(context).hasSingleBean(OAuth2AuthorizedClientManager.class);
                assertThat(sentBy(context)).startsWith("Bearer ey");
            });
    }

    /** It has only reactive beans. */
    @Test
    void reactiveApplication() {
        configured(new ReactiveWebApplicationContextRunner())
            .withConfiguration(AutoConfigurations.of(ReactiveOAuth2ClientAutoConfiguration.class))
            .run((context) -> {
                assertThat(context).doesNotHaveBean(ClientRegistrationRepository.class)
                    .hasSingleBean(ReactiveClientRegistrationRepository.class);
                assertThat(sentBy(context)).startsWith("Bearer ey");
            });
    }

    @Test
    void ownManagerIsAsked() {
        plain().withBean(OAuth2AuthorizedClientManager.class, () -> manager("own")).run((context) -> {
            assertThat(sentBy(context)).isEqualTo("Bearer own");
            assertThat(this.tokens.requests()).isZero();
        });
    }

    @Test
    void ownReactiveManagerIsAsked() {
        configured(new ReactiveWebApplicationContextRunner())
            .withBean(ReactiveOAuth2AuthorizedClientManager.class,
                    () -> (request) -> Mono.just(client(request.getPrincipal().getName(), "reactive")))
            .run((context) -> assertThat(sentBy(context)).isEqualTo("Bearer reactive"));
    }

    @Test
    void ofSeveralManagersThePrimaryOneIsAsked() {
        ApplicationContextRunner several = plain().withBean("one", OAuth2AuthorizedClientManager.class,
                () -> manager("one"));
        several
            .withBean("two", OAuth2AuthorizedClientManager.class, () -> manager("two"), (bean) -> bean.setPrimary(true))
            .run((context) -> assertThat(sentBy(context)).isEqualTo("Bearer two"));
        several.withBean("two", OAuth2AuthorizedClientManager.class, () -> manager("two"))
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage("Channels take tokens from the application's manager of authorized OAuth2 clients, and"
                        + " there are 2. Mark one of them @Primary."));
    }

}
