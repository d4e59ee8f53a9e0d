package io.rpcspring.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;
import org.springframework.security.oauth2.core.AbstractOAuth2Token;
import org.springframework.util.function.SingletonSupplier;

import io.rpcspring.client.ChannelSettings;
import io.rpcspring.client.security.CallerTokens;
import io.rpcspring.client.security.MissingLibrary;
import io.rpcspring.client.security.RegisteredTokens;

/**
 * Gives channels tokens, where Spring Security's OAuth2 is there.
 */
@AutoConfiguration
final class RpcClientSecurityAutoConfiguration {

    /** Where authorization servers can be asked. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ClientRegistration.class)
    static class Registered {

        @Bean
        @ConditionalOnMissingBean
        RegisteredTokens rpcRegisteredTokens(ObjectProvider<OAuth2AuthorizedClientManager> managers,
                ObjectProvider<ReactiveOAuth2AuthorizedClientManager> reactiveManagers,
                ObjectProvider<ClientRegistrationRepository> repositories,
                ObjectProvider<ReactiveClientRegistrationRepository> reactiveRepositories,
                ObjectProvider<OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest>> clients) {
            TokenSources sources = new TokenSources(managers, reactiveManagers, repositories, reactiveRepositories,
                    clients);
            return new RegisteredTokens(SingletonSupplier.of(sources)::obtain);
        }

    }

    /** Where they cannot. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("org.springframework.security.oauth2.client.registration.ClientRegistration")
    static class Unregistered {

        @Bean
        MissingLibrary rpcMissingRegistrations() {
            return new MissingLibrary("oauth2.registration", (oauth2) -> !oauth2.registration().isEmpty(),
                    "spring-security-oauth2-client",
                    "org.springframework.boot:spring-boot-starter-security-oauth2-client");
        }

    }

    /** Where callers may have tokens. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(AbstractOAuth2Token.class)
    static class Relayed {

        @Bean
        CallerTokens rpcCallerTokens() {
            return new CallerTokens();
        }

    }

    /** Where they cannot. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("org.springframework.security.oauth2.core.AbstractOAuth2Token")
    static class Unrelayed {

        @Bean
        MissingLibrary rpcMissingRelay() {
            return new MissingLibrary("oauth2.relay", ChannelSettings.OAuth2::relay, "spring-security-oauth2-core",
                    "org.springframework.boot:spring-boot-starter-security-oauth2-resource-server");
        }

    }

}
