package io.rpcspring.server.security;

import java.util.List;

import org.jspecify.annotations.Nullable;
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

    private final @Nullable MockedCallers mocked;

    /**
     * Asks in an order.
     * @param authentications the first that recognises credentials decides
     * @param mocked who a test says that it is; null outside of tests
     */
    public Callers(List<RpcAuthentication> authentications, @Nullable MockedCallers mocked) {
        this.authentications = List.copyOf(authentications);
        this.mocked = mocked;
    }

    /**
     * Whether a test may say who it is.
     * @return false outside of tests
     */
    public boolean areMocked() {
        return this.mocked != null;
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
        Authentication told = (this.mocked != null) ? this.mocked.of(call) : null;
        if (told != null) {
            return told;
        }
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
