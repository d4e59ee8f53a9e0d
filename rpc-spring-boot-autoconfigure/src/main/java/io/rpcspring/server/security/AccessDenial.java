package io.rpcspring.server.security;

import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.authorization.AuthorizationResult;

/**
 * Says that a caller may not call a method.
 */
final class AccessDenial extends AuthorizationDeniedException {

    /** Whether nobody may, whoever he is. */
    private final boolean forAll;

    AccessDenial(AuthorizationResult result, boolean forAll) {
        super("Access Denied", result);
        this.forAll = forAll;
    }

    boolean isForAll() {
        return this.forAll;
    }

}
