package io.rpcspring.server.security;

import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;

import io.rpcspring.RpcContext;
import io.rpcspring.RpcErrorReason;
import io.rpcspring.server.error.CallEnd;
import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.error.FewLines;
import io.rpcspring.server.error.OwnStatuses;

/**
 * Says how calls end that Spring Security refuses, before their handler or in it.
 * <p>
 * Nothing of the credentials gets into a status.
 */
public final class SecurityFailures implements CallFailures.Mapping {

    private static final Log logger = LogFactory.getLog(CallSecurity.class);

    /** So many causes are looked at. */
    private static final int DEEPEST = 20;

    private final FewLines unavailable = new FewLines(logger, "Credentials could not be checked", 1);

    private final OwnStatuses statuses;

    /**
     * Says so to clients.
     * @param statuses makes the statuses
     */
    public SecurityFailures(OwnStatuses statuses) {
        this.statuses = statuses;
    }

    @Override
    public @Nullable CallEnd map(Throwable thrown, RpcContext call) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof AuthenticationException || cause instanceof AccessDeniedException) {
                return of(call, (RuntimeException) cause);
            }
            cause = cause.getCause();
        }
        return null;
    }

    CallEnd of(RpcContext call, RuntimeException refusal) {
        if (refusal instanceof AuthenticationServiceException) {
            this.unavailable
                .warn("Credentials cannot be checked, calls that show them end with UNAVAILABLE: " + reason(refusal));
            return this.statuses.of(RpcErrorReason.AUTHENTICATION_UNAVAILABLE,
                    Status.UNAVAILABLE.withDescription("The credentials cannot be checked now"));
        }
        boolean denied = refusal instanceof AccessDeniedException;
        boolean known = call.principal() != null || (refusal instanceof AccessDenial denial && denial.isForAll());
        if (denied && known) {
            return this.statuses.of(RpcErrorReason.NOT_ALLOWED,
                    Status.PERMISSION_DENIED.withDescription("The caller may not call " + call.method()));
        }
        boolean missing = denied || refusal instanceof AuthenticationCredentialsNotFoundException;
        return this.statuses.of(RpcErrorReason.UNAUTHENTICATED, Status.UNAUTHENTICATED
            .withDescription(missing ? call.method() + " needs credentials" : "The credentials are not valid"));
    }

    /** What lies at the bottom says most. */
    private static String reason(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause.getCause() != null && depth < DEEPEST; depth++) {
            cause = cause.getCause();
        }
        String said = (cause != thrown) ? thrown.getMessage() + ", caused by " : "";
        return said + cause.getClass().getName() + ": " + cause.getMessage();
    }

    @Override
    public String toString() {
        return "Spring Security";
    }

}
