package io.rpcspring.validation;

import java.util.Map;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Which messages of a server are checked.
 *
 * @param enabled whether all are of which {@code own} says nothing
 * @param responses whether responses are, too
 * @param own whether those of single services and methods are, by their full names
 */
public record ValidationSettings(boolean enabled, boolean responses, Map<String, Boolean> own) {

    boolean include(MethodDescriptor<?, ?> method) {
        Boolean ofMethod = this.own.get(method.getFullMethodName());
        Boolean ofService = (ofMethod != null) ? ofMethod : ofService(method.getServiceName());
        return (ofService != null) ? ofService : this.enabled;
    }

    private @Nullable Boolean ofService(@Nullable String name) {
        return (name != null) ? this.own.get(name) : null;
    }

    /**
     * What decides about one service or method.
     * @param name its full name
     * @return the name of the property
     */
    public static String property(String name) {
        String[] parts = name.split("/", 2);
        String service = "rpc.server.services.\"[" + parts[0] + "]\"";
        return (parts.length == 1) ? service + ".validation" : service + ".methods." + parts[1] + ".validation";
    }

}
