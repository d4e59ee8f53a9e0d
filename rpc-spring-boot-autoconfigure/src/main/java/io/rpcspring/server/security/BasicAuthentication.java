package io.rpcspring.server.security;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;

import io.rpcspring.RpcContext;

/**
 * Recognises names and passwords.
 *
 * @param users knows them
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7617">RFC 7617</a>
 */
public record BasicAuthentication(AuthenticationManager users) implements RpcAuthentication {

    @Override
    public @Nullable Authentication authenticate(RpcContext call) {
        AuthorizationHeader header = AuthorizationHeader.of(call, "Basic");
        if (header == null) {
            return null;
        }
        String pair = new String(decode(header.credentials()), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        if (colon < 0) {
            throw new BadCredentialsException("There is no password");
        }
        return this.users.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(pair.substring(0, colon),
                pair.substring(colon + 1)));
    }

    private static byte[] decode(String encoded) {
        try {
            return Base64.getDecoder().decode(encoded);
        }
        catch (IllegalArgumentException ex) {
            // Its message quotes what was sent.
            throw new BadCredentialsException("The Base64 is broken");
        }
    }

}
