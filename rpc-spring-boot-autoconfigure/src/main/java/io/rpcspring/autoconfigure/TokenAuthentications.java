package io.rpcspring.autoconfigure;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationEventPublisher;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.DefaultAuthenticationEventPublisher;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.authentication.OpaqueTokenAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;

import io.rpcspring.autoconfigure.SecurityProperties.TokenCacheProperties;
import io.rpcspring.server.security.BearerAuthentication;
import io.rpcspring.server.security.TokenCache;
import io.rpcspring.server.security.TokenVerifier;

/**
 * Recognises bearer tokens, where something can verify them.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(BearerTokenAuthenticationToken.class)
class TokenAuthentications {

    private static final Log logger = LogFactory.getLog(TokenAuthentications.class);

    @Bean
    @ConditionalOnBean(TokenVerifier.class)
    StandardAuthentication rpcBearerAuthentication(ObjectProvider<TokenVerifier> verifiers) {
        return new StandardAuthentication(StandardAuthentication.Kind.BEARER, new BearerAuthentication(
                find(verifiers, TokenVerifier.Kind.JWT), find(verifiers, TokenVerifier.Kind.OPAQUE)));
    }

    private static @Nullable TokenVerifier find(ObjectProvider<TokenVerifier> verifiers, TokenVerifier.Kind kind) {
        return verifiers.stream().filter((each) -> each.kind() == kind).findFirst().orElse(null);
    }

    private static ProviderManager manager(AuthenticationProvider provider,
            ObjectProvider<AuthenticationEventPublisher> events, ApplicationEventPublisher publisher) {
        ProviderManager manager = new ProviderManager(provider);
        manager.setAuthenticationEventPublisher(
                events.getIfAvailable(() -> new DefaultAuthenticationEventPublisher(publisher)));
        return manager;
    }

    private static TokenCache cache(TokenCacheProperties properties) {
        return new TokenCache(properties.timeToLive(), properties.size());
    }

    /** Those that say by themselves whose they are. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JwtDecoder.class)
    @ConditionalOnBean(JwtDecoder.class)
    static class Jwts {

        @Bean
        TokenVerifier rpcJwtVerifier(JwtDecoder decoder,
                ObjectProvider<Converter<Jwt, ? extends AbstractAuthenticationToken>> converter,
                ObjectProvider<AuthenticationEventPublisher> events, ApplicationEventPublisher publisher,
                RpcServerProperties properties, ListableBeanFactory beans) {
            JwtAuthenticationProvider provider = new JwtAuthenticationProvider(decoder);
            converter.ifAvailable(provider::setJwtAuthenticationConverter);
            TokenCacheProperties cache = properties.security().tokenCache();
            return new TokenVerifier(TokenVerifier.Kind.JWT, manager(provider, events, publisher),
                    isOn(cache, beans) ? cache(cache) : null);
        }

        /** Who validates tokens himself may look at more than the token. */
        private static boolean isOn(TokenCacheProperties cache, ListableBeanFactory beans) {
            if (cache.enabled() != null) {
                return cache.enabled();
            }
            List<String> validators = List.of(beans.getBeanNamesForType(OAuth2TokenValidator.class));
            if (!validators.isEmpty()) {
                logger.info("Verified tokens are not remembered, because '" + String.join("', '", validators)
                        + "' may want to see the token of each call; if not, set"
                        + " rpc.server.security.token-cache.enabled to true");
            }
            return validators.isEmpty();
        }

    }

    /** Those that an authorization server knows. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(OpaqueTokenIntrospector.class)
    static class OpaqueTokens {

        @Bean
        TokenVerifier rpcOpaqueTokenVerifier(OpaqueTokenIntrospector introspector,
                ObjectProvider<OpaqueTokenAuthenticationConverter> converter,
                ObjectProvider<AuthenticationEventPublisher> events, ApplicationEventPublisher publisher,
                RpcServerProperties properties) {
            OpaqueTokenAuthenticationProvider provider = new OpaqueTokenAuthenticationProvider(introspector);
            converter.ifAvailable(provider::setAuthenticationConverter);
            TokenCacheProperties cache = properties.security().tokenCache();
            return new TokenVerifier(TokenVerifier.Kind.OPAQUE, manager(provider, events, publisher),
                    (cache.opaque() && !Boolean.FALSE.equals(cache.enabled())) ? cache(cache) : null);
        }

    }

}
