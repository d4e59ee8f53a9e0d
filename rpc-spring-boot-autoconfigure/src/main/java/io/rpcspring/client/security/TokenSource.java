package io.rpcspring.client.security;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.words.Names;

/**
 * Where tokens come from: the application's own manager of authorized clients, or the
 * authorization server directly.
 */
public final class TokenSource {

    /** Whom a token is for: the application itself, whoever calls. */
    private static final String PRINCIPAL = "rpc-client";

    private final @Nullable Registrations registrations;

    private final boolean direct;

    private final Function<String, @Nullable OAuth2AccessToken> tokens;

    private TokenSource(@Nullable Registrations registrations, boolean direct,
            Function<String, @Nullable OAuth2AccessToken> tokens) {
        this.registrations = registrations;
        this.direct = direct;
        this.tokens = tokens;
    }

    /**
     * The application's manager, with whatever grants it knows.
     * @param manager is asked
     * @param registrations what it knows, as far as that is known
     * @return a source that blocks
     */
    public static TokenSource of(OAuth2AuthorizedClientManager manager, @Nullable Registrations registrations) {
        return new TokenSource(registrations, false, (id) -> token(manager.authorize(request(id))));
    }

    /**
     * A reactive application's manager, with whatever grants it knows.
     * @param manager is asked
     * @param registrations what it knows, as far as that is known
     * @return a source that blocks
     */
    public static TokenSource ofReactive(ReactiveOAuth2AuthorizedClientManager manager,
            @Nullable Registrations registrations) {
        return new TokenSource(registrations, false, (id) -> token(manager.authorize(request(id)).block()));
    }

    /**
     * The authorization server itself, by client credentials.
     * @param client asks the authorization server
     * @param registrations which client of which server
     * @return a source that blocks
     */
    public static TokenSource direct(OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> client,
            @Nullable Registrations registrations) {
        return new TokenSource(registrations, true, (id) -> {
            ClientRegistration registration = (registrations != null) ? registrations.find(id) : null;
            return (registration != null)
                    ? client.getTokenResponse(new OAuth2ClientCredentialsGrantRequest(registration)).getAccessToken()
                    : null;
        });
    }

    private static OAuth2AuthorizeRequest request(String registration) {
        return OAuth2AuthorizeRequest.withClientRegistrationId(registration).principal(PRINCIPAL).build();
    }

    private static @Nullable OAuth2AccessToken token(@Nullable OAuth2AuthorizedClient client) {
        return (client != null) ? client.getAccessToken() : null;
    }

    @Nullable OAuth2AccessToken fetch(String registration) {
        return this.tokens.apply(registration);
    }

    /**
     * Finds out whether there can be tokens, without asking for one.
     * @param property names the registration
     * @throws RpcConfigurationException if there is no such registration, or none that
     * works without a user
     */
    void check(String property, String id) {
        Registrations known = this.registrations;
        if (known == null) {
            if (this.direct) {
                throw new RpcConfigurationException(
                        property + " is '" + id + "', but the application has no OAuth2 client registrations.",
                        "Add this one to application.yml:\n\n" + yaml(id));
            }
            return;
        }
        ClientRegistration registration = known.find(id);
        if (registration == null) {
            throw new RpcConfigurationException(
                    property + " is '" + id + "', which is no OAuth2 client registration. Registrations: "
                            + Names.nearestFirst(id, known.ids()) + ".",
                    "Correct the name, or add the registration to application.yml:\n\n" + yaml(id));
        }
        AuthorizationGrantType grant = registration.getAuthorizationGrantType();
        if (this.direct && !AuthorizationGrantType.CLIENT_CREDENTIALS.equals(grant)) {
            throw new RpcConfigurationException(
                    property + " is '" + id + "', whose authorization-grant-type is " + grant.getValue()
                            + ", for which there must be a user.",
                    "Set spring.security.oauth2.client.registration." + id
                            + ".authorization-grant-type to client_credentials.");
        }
    }

    private static String yaml(String id) {
        return "spring:\n  security:\n    oauth2:\n      client:\n        registration:\n          " + id + ":\n"
                + "            authorization-grant-type: client_credentials\n            client-id: ...\n"
                + "            client-secret: ...\n        provider:\n          " + id
                + ":\n            token-uri: ...";
    }

}
