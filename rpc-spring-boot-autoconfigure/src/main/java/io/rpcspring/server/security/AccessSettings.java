package io.rpcspring.server.security;

import java.util.Map;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Who may call what, as it is configured.
 *
 * @param defaultAccess who may call that of which {@code services} says nothing
 * @param services the rules of services, by their full names
 */
public record AccessSettings(String defaultAccess, Map<String, ServiceAccess> services) {

    /** Everybody may. */
    public static final String PERMIT_ALL = "permit-all";

    /** Nobody may. */
    public static final String DENY_ALL = "deny-all";

    /** Who is known may. */
    public static final String AUTHENTICATED = "authenticated";

    static final String DEFAULT_PLACE = "rpc.server.security.default-access";

    private static final ServiceAccess NOTHING = new ServiceAccess(null, Map.of());

    /** The rule of a method, and where it stands. */
    Written of(MethodDescriptor<?, ?> method) {
        String service = String.valueOf(method.getServiceName());
        ServiceAccess own = this.services.getOrDefault(service, NOTHING);
        String single = own.methods().get(String.valueOf(method.getBareMethodName()));
        if (single != null) {
            return new Written(single, place(service) + ".methods." + method.getBareMethodName());
        }
        return (own.access() != null) ? new Written(own.access(), place(service) + ".access")
                : new Written(this.defaultAccess, DEFAULT_PLACE);
    }

    static String place(String service) {
        return "rpc.server.security.rules.\"[" + service + "]\"";
    }

    /**
     * Who may call a service.
     *
     * @param access who may call the methods of which {@code methods} says nothing
     * @param methods the rules of methods, by their bare names
     */
    public record ServiceAccess(@Nullable String access, Map<String, String> methods) {
    }

    /**
     * A rule as somebody has written it.
     *
     * @param text the rule
     * @param place the property
     */
    record Written(String text, String place) {
    }

}
