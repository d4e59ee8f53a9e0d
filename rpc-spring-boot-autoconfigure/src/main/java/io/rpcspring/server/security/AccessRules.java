package io.rpcspring.server.security;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationEventPublisher;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.SingleResultAuthorizationManager;
import org.springframework.security.core.Authentication;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcContext;
import io.rpcspring.server.ServiceRegistry.Selection;
import io.rpcspring.server.call.ChainLink.Served;
import io.rpcspring.words.Names;
import io.rpcspring.words.ServiceMethods;

/**
 * Decides who may call which method: the rule of the method and the application's
 * managers must all let him.
 */
public final class AccessRules {

    /** Who asks for it cannot show credentials. */
    private static final String HEALTH = "grpc.health.v1.Health";

    /** What nobody has made a rule for. */
    private static final AccessRule NOBODY = new AccessRule(AccessSettings.DENY_ALL,
            SingleResultAuthorizationManager.denyAll());

    private final AccessSettings settings;

    private final CallExpressions expressions;

    private final List<AccessRule> managers;

    private final AuthorizationEventPublisher events;

    /** By the full names of the methods. Written before the first call comes. */
    private volatile Map<String, AccessRule> rules = Map.of();

    /**
     * Has no rules until something is served.
     * @param settings the rules
     * @param expressions makes them
     * @param managers the application's
     * @param events told of each decision
     */
    public AccessRules(AccessSettings settings, CallExpressions expressions,
            List<AuthorizationManager<RpcContext>> managers, AuthorizationEventPublisher events) {
        this.settings = settings;
        this.expressions = expressions;
        this.managers = managers.stream().map((manager) -> new AccessRule("", manager)).toList();
        this.events = events;
    }

    /**
     * Makes the rules of all methods.
     * @param services what is served
     * @param selection knows whether all is served that there are rules for
     * @throws RpcConfigurationException if a rule is none, or for something else
     */
    void serve(Collection<Served> services, Selection selection) {
        Map<String, ServiceDescriptor> served = services.stream()
            .map(Served::service)
            .collect(Collectors.toMap(ServiceDescriptor::getName, (service) -> service, (first, second) -> first,
                    TreeMap::new));
        Map<String, AccessRule> all = new HashMap<>();
        served.values()
            .stream()
            .flatMap((service) -> service.getMethods().stream())
            .filter(this::concern)
            .forEach((method) -> all.put(method.getFullMethodName(),
                    this.expressions.rule(this.settings.of(method), method)));
        this.rules = all;
        this.settings.services().forEach((name, access) -> {
            ServiceDescriptor service = served.get(name);
            if (service != null) {
                String place = AccessSettings.place(name) + ".methods";
                access.methods().keySet().forEach((method) -> ServiceMethods.require(place, service, method));
                return;
            }
            selection.check(() -> {
                throw notServed(name, served.keySet());
            });
        });
    }

    private static RpcConfigurationException notServed(String service, Collection<String> served) {
        return new RpcConfigurationException("rpc.server.security.rules names the service '" + service
                + "', which is not served. Served: " + Names.nearestFirst(service, served) + ".",
                "Correct the name, or remove the entry.");
    }

    /**
     * Whether a method has a rule. Health is open to all, unless somebody has made one.
     * @param method the method
     * @return false if everybody may call it
     */
    public boolean concern(MethodDescriptor<?, ?> method) {
        return !HEALTH.equals(method.getServiceName()) || this.settings.services().containsKey(HEALTH);
    }

    /**
     * Decides about a call.
     * @return null if the caller may
     */
    @Nullable AccessDenial denial(RpcContext call, Authentication caller) {
        AccessDenial denial = denial(this.rules.getOrDefault(call.method(), NOBODY), call, caller);
        for (int i = 0; denial == null && i < this.managers.size(); i++) {
            denial = denial(this.managers.get(i), call, caller);
        }
        return denial;
    }

    private @Nullable AccessDenial denial(AccessRule rule, RpcContext call, Authentication caller) {
        AuthorizationResult result = rule.result(call, caller);
        if (result == null) {
            return null;
        }
        this.events.publishAuthorizationEvent(() -> caller, call, result);
        return result.isGranted() ? null : rule.denial(result);
    }

    /**
     * Whether the application decides, too.
     * @return whether it has managers
     */
    public boolean haveManagers() {
        return !this.managers.isEmpty();
    }

    /**
     * Who may call a method, for people.
     * @param method its full name
     * @return null for what is no affair of the rules
     */
    public @Nullable String describe(String method) {
        AccessRule rule = this.rules.get(method);
        if (rule == null) {
            return null;
        }
        return this.managers.isEmpty() ? rule.text() : rule.text() + ", and the AuthorizationManager beans";
    }

}
