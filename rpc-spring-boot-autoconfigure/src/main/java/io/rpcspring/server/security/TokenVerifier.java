package io.rpcspring.server.security;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/**
 * Verifies the bearer tokens of one kind, and may remember for a while that it did.
 *
 * @param kind which tokens
 * @param tokens finds out whose they are
 * @param cache those that were verified; null to verify each time
 */
public record TokenVerifier(Kind kind, AuthenticationManager tokens, @Nullable TokenCache cache) {

    Authentication verify(AuthorizationHeader header) {
        if (this.cache == null) {
            return verifyNow(header.credentials());
        }
        Authentication known = this.cache.find(header);
        if (known != null) {
            return known;
        }
        Authentication verified = verifyNow(header.credentials());
        this.cache.add(header, verified);
        return verified;
    }

    private Authentication verifyNow(String token) {
        BearerAuthentication.requireWellFormed(token);
        return this.tokens.authenticate(new BearerTokenAuthenticationToken(token));
    }

    /** Which tokens there are. */
    public enum Kind {

        /** They say by themselves whose they are. */
        JWT,

        /** The authorization server says whose they are. */
        OPAQUE

    }

}
