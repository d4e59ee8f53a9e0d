package io.rpcspring.server.security;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;

import io.rpcspring.RpcContext;
import io.rpcspring.server.call.LiveCall;
import io.rpcspring.server.pool.AdmittedCall;

/**
 * Finds out who makes each call, and lets only those on who may.
 * <p>
 * It happens when the headers are in, on the call's thread. Who calls is left on the
 * thread: the pools take it off with whatever else an event leaves, and put it back where
 * the call goes on. Where they do not, as when an interceptor goes on by a thread of its
 * own, each event brings it along.
 */
public final class CallSecurity implements ServerInterceptor {

    private final Callers callers;

    private final AccessRules rules;

    private final @Nullable DryRun dryRun;

    /**
     * Lets on whom the rules let.
     * @param callers who calls
     * @param rules who may
     * @param dryRun is told of those who may not, and who are let on; null to refuse them
     */
    public CallSecurity(Callers callers, AccessRules rules, @Nullable DryRun dryRun) {
        this.callers = callers;
        this.rules = rules;
        this.dryRun = dryRun;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        LiveCall<?, ?> live = LiveCall.of(call);
        RpcContext context = (live != null) ? live.reached(call, headers) : new RpcContext(call, headers);
        Authentication caller = callerOf(context);
        context.principal(Callers.isAnonymous(caller) ? null : caller);
        SecurityContext identity = new SecurityContextImpl(caller);
        AdmittedCall run = (live != null) ? live.run() : null;
        if (run != null && run.isHere()) {
            SecurityContextHolder.setContext(identity);
            requireAccess(context, caller);
            return next.startCall(call, headers);
        }
        SecurityContext before = SecurityContextHolder.getContext();
        SecurityContextHolder.setContext(identity);
        try {
            requireAccess(context, caller);
            return new IdentifiedEvents<>(next.startCall(call, headers), identity);
        }
        finally {
            IdentifiedEvents.restore(before);
        }
    }

    private Authentication callerOf(RpcContext call) {
        try {
            return this.callers.of(call);
        }
        catch (AuthenticationException ex) {
            if (this.dryRun == null) {
                throw ex;
            }
            this.dryRun.badCredentials(call, ex);
            return Callers.ANONYMOUS;
        }
    }

    private void requireAccess(RpcContext call, Authentication caller) {
        AccessDenial denial = this.rules.denial(call, caller);
        if (denial == null) {
            return;
        }
        if (this.dryRun == null) {
            throw denial;
        }
        this.dryRun.denied(call, caller, denial);
    }

}
