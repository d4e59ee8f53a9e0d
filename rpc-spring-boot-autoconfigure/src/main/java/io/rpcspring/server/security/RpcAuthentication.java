package io.rpcspring.server.security;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;

import io.rpcspring.RpcContext;

/**
 * Recognises credentials of a kind that the application knows, and says whose they are.
 * <p>
 * Beans of this type are asked in {@code @Order}, before the framework looks for tokens,
 * passwords and certificates; the first answer that is not {@code null} wins. They run on
 * the call's thread, many at once, before the request is decoded, and may block.
 */
@FunctionalInterface
public interface RpcAuthentication {

    /**
     * Finds out who calls.
     * @param call what was called, with the metadata that the client sent
     * @return an authenticated caller, or {@code null} if the call has no credentials of
     * this kind
     * @throws AuthenticationException if it has, and they are not valid: the client gets
     * {@code UNAUTHENTICATED}; an
     * {@link org.springframework.security.authentication.AuthenticationServiceException}
     * says that they cannot be checked now: the client gets {@code UNAVAILABLE}
     */
    @Nullable Authentication authenticate(RpcContext call) throws AuthenticationException;

}
