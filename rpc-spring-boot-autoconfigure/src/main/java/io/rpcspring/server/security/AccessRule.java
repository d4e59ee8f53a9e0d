package io.rpcspring.server.security;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;

import io.rpcspring.RpcContext;

/**
 * Says who may call a method.
 *
 * @param text as somebody has written it
 * @param decides finds out whether a caller may
 */
record AccessRule(String text, AuthorizationManager<RpcContext> decides) {

    /** What is decided of a call; null if the rule has nothing to say. */
    @Nullable AuthorizationResult result(RpcContext call, Authentication caller) {
        return this.decides.authorize(() -> caller, call);
    }

    AccessDenial denial(AuthorizationResult result) {
        return new AccessDenial(result, this.text.equals(AccessSettings.DENY_ALL));
    }

}
