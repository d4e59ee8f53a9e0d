package io.rpcspring.server.security;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

import io.rpcspring.RpcContext;

/**
 * Recognises bearer tokens.
 *
 * @param jwt verifies those that say by themselves whose they are; null if nothing does
 * @param opaque verifies all others; null if nothing does
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-2.1">RFC 6750</a>
 */
public record BearerAuthentication(@Nullable TokenVerifier jwt,
        @Nullable TokenVerifier opaque) implements RpcAuthentication {

    private static final Pattern TOKEN = Pattern.compile("[a-zA-Z0-9-._~+/]+=*");

    private static final Pattern JWT = Pattern.compile("[^.]+\\.[^.]*\\.[^.]*");

    @Override
    public @Nullable Authentication authenticate(RpcContext call) {
        AuthorizationHeader header = AuthorizationHeader.of(call, "Bearer");
        return (header != null) ? verifierOf(header).verify(header) : null;
    }

    private TokenVerifier verifierOf(AuthorizationHeader header) {
        if (this.jwt != null && (this.opaque == null || isJwt(header))) {
            return this.jwt;
        }
        if (this.opaque == null) {
            throw new IllegalStateException("Nothing verifies tokens");
        }
        return this.opaque;
    }

    private static boolean isJwt(AuthorizationHeader header) {
        return JWT.matcher(header.value()).region(header.start(), header.value().length()).matches();
    }

    /** Looks at a token that was not seen before. */
    static void requireWellFormed(String token) {
        if (!TOKEN.matcher(token).matches()) {
            throw new InvalidBearerTokenException("The bearer token is malformed");
        }
    }

}
