package io.rpcspring.autoconfigure;

import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.security.Registrations;
import io.rpcspring.client.security.TokenEndpoint;
import io.rpcspring.client.security.TokenSource;

/**
 * Chooses where the tokens of channels come from, by what the application has.
 *
 * @param managers the application's managers
 * @param reactiveManagers those of a reactive application
 * @param repositories the application's registrations
 * @param reactiveRepositories those of a reactive application
 * @param clients what asks authorization servers, if the application has its own
 */
record TokenSources(ObjectProvider<OAuth2AuthorizedClientManager> managers,
        ObjectProvider<ReactiveOAuth2AuthorizedClientManager> reactiveManagers,
        ObjectProvider<ClientRegistrationRepository> repositories,
        ObjectProvider<ReactiveClientRegistrationRepository> reactiveRepositories,
        ObjectProvider<OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest>> clients)
        implements
            Supplier<TokenSource> {

    /** Spring Security registers one by itself, which works only within a web request. */
    private static final List<String> WITHIN_REQUESTS = List.of("DefaultOAuth2AuthorizedClientManager",
            "DefaultReactiveOAuth2AuthorizedClientManager");

    @Override
    public TokenSource get() {
        Registrations registrations = registrations();
        OAuth2AuthorizedClientManager manager = own(this.managers);
        if (manager != null) {
            return TokenSource.of(manager, registrations);
        }
        ReactiveOAuth2AuthorizedClientManager reactive = own(this.reactiveManagers);
        if (reactive != null) {
            return TokenSource.ofReactive(reactive, registrations);
        }
        return TokenSource.direct(this.clients.getIfAvailable(TokenEndpoint::client), registrations);
    }

    private @Nullable Registrations registrations() {
        ClientRegistrationRepository repository = this.repositories.getIfAvailable();
        if (repository != null) {
            return Registrations.of(repository);
        }
        ReactiveClientRegistrationRepository reactive = this.reactiveRepositories.getIfAvailable();
        return (reactive != null) ? Registrations.ofReactive(reactive) : null;
    }

    private static <M> @Nullable M own(ObjectProvider<M> managers) {
        List<M> own = managers.orderedStream()
            .filter((manager) -> !WITHIN_REQUESTS.contains(manager.getClass().getSimpleName()))
            .toList();
        M primary = (own.size() > 1) ? managers.getIfUnique() : null;
        if (own.size() > 1 && primary == null) {
            throw new RpcConfigurationException(
                    "Channels take tokens from the application's manager of authorized OAuth2 clients, and there are "
                            + own.size() + ".",
                    "Mark one of them @Primary.");
        }
        return (primary != null) ? primary : own.stream().findFirst().orElse(null);
    }

}
