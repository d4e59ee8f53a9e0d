package io.rpcspring.server.security;

import java.util.Map;
import java.util.Objects;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.security.access.expression.AbstractSecurityExpressionHandler;
import org.springframework.security.access.expression.ExpressionUtils;
import org.springframework.security.access.expression.SecurityExpressionOperations;
import org.springframework.security.access.expression.SecurityExpressionRoot;
import org.springframework.security.authorization.AuthenticatedAuthorizationManager;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.ExpressionAuthorizationDecision;
import org.springframework.security.authorization.SingleResultAuthorizationManager;
import org.springframework.security.core.Authentication;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcContext;
import io.rpcspring.server.call.NoCall;

/**
 * Makes rules of what stands in the configuration.
 * <p>
 * An expression of Spring Security has its functions, the application's beans as
 * {@code @name}, and the call as {@code #call}.
 */
public final class CallExpressions extends AbstractSecurityExpressionHandler<RpcContext> {

    private static final Map<String, AuthorizationManager<RpcContext>> WORDS = Map.of(AccessSettings.PERMIT_ALL,
            SingleResultAuthorizationManager.permitAll(), AccessSettings.DENY_ALL,
            SingleResultAuthorizationManager.denyAll(), AccessSettings.AUTHENTICATED,
            AuthenticatedAuthorizationManager.authenticated());

    /**
     * Makes a rule, and tries it with an anonymous caller.
     * @param written what somebody has written
     * @param method what is called
     * @throws RpcConfigurationException if it is no rule
     */
    AccessRule rule(AccessSettings.Written written, MethodDescriptor<?, ?> method) {
        String text = written.text();
        AuthorizationManager<RpcContext> word = WORDS.get(text);
        if (word != null) {
            return new AccessRule(text, word);
        }
        try {
            Expression expression = getExpressionParser().parseExpression(text);
            isTrue(expression, Callers.ANONYMOUS, NoCall.of(method));
            return new AccessRule(text, (caller,
                    call) -> new ExpressionAuthorizationDecision(isTrue(expression, caller.get(), call), expression));
        }
        catch (ParseException | IllegalArgumentException ex) {
            throw mistake(written, ex);
        }
    }

    private boolean isTrue(Expression expression, Authentication caller, RpcContext call) {
        EvaluationContext context = createEvaluationContext(caller, call);
        context.setVariable("call", call);
        return ExpressionUtils.evaluateAsBoolean(expression, context);
    }

    private static RpcConfigurationException mistake(AccessSettings.Written written, Exception ex) {
        Throwable why = (ex.getCause() != null) ? ex.getCause() : ex;
        return new RpcConfigurationException(
                written.place() + " is \"" + written.text() + "\", which is no rule. As an expression of Spring"
                        + " Security it fails for an anonymous caller: " + why.getMessage() + ".",
                "Write permit-all, deny-all, authenticated, or an expression such as hasAuthority('SCOPE_write'); if it"
                        + " looks at what only known callers have, begin it with isAuthenticated() and.");
    }

    @Override
    protected SecurityExpressionOperations createSecurityExpressionRoot(@Nullable Authentication caller,
            RpcContext call) {
        Root root = new Root(Objects.requireNonNull(caller), call);
        root.setAuthorizationManagerFactory(getAuthorizationManagerFactory());
        root.setPermissionEvaluator(getPermissionEvaluator());
        return root;
    }

    /** What expressions call by name. */
    private static final class Root extends SecurityExpressionRoot<RpcContext> {

        private Root(Authentication caller, RpcContext call) {
            super(() -> caller, call);
        }

    }

}
