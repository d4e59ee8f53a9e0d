package io.rpcspring.server.security;

import java.util.List;

import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;

import io.rpcspring.RpcContext;

/**
 * Finds out who makes a call.
 */
public final class Callers {

    /** Who shows no credentials. */
    static final Authentication ANONYMOUS = new AnonymousAuthenticationToken("rpc", "anonymousUser",
            AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"));

    private static final AuthenticationTrustResolver TRUST = new AuthenticationTrustResolverImpl();

    private final List<RpcAuthentication> authentications;

    /**
     * Asks in an order.
     * @param authentications the first that recognises credentials decides
     */
    public Callers(List<RpcAuthentication> authentications) {
        this.authentications = List.copyOf(authentications);
    }

    /**
     * Whether anybody can be recognised.
     * @return false if all callers are strangers
     */
    public boolean canBeKnown() {
        return !this.authentications.isEmpty();
    }

    /**
     * Who makes a call.
     * @return an anonymous caller if nobody recognises credentials
     * @throws org.springframework.security.core.AuthenticationException if they are bad
     */
    Authentication of(RpcContext call) {
        for (RpcAuthentication authentication : this.authentications) {
            Authentication caller = authentication.authenticate(call);
            if (caller != null) {
                return verified(caller);
            }
        }
        return ANONYMOUS;
    }

    private static Authentication verified(Authentication caller) {
        if (!caller.isAuthenticated()) {
            throw new InsufficientAuthenticationException("Nothing has verified the credentials");
        }
        return caller;
    }

    static boolean isAnonymous(Authentication caller) {
        return caller == ANONYMOUS || TRUST.isAnonymous(caller);
    }

}
