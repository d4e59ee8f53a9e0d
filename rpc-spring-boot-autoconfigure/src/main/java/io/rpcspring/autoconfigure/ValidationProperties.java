package io.rpcspring.autoconfigure;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.validation.ValidationSettings;

/**
 * Which messages are checked against the rules in their protos.
 *
 * @param enabled Whether requests are checked before the application sees them. On by
 * itself if protovalidate is on the class path.
 * @param responses Whether responses are, too, before they leave.
 */
record ValidationProperties(@Nullable Boolean enabled, @DefaultValue("false") boolean responses) {

    ValidationSettings settings(Map<String, ServiceProperties> services) {
        return new ValidationSettings(!Boolean.FALSE.equals(this.enabled), this.responses, own(services));
    }

    /** The properties that ask for it. */
    Stream<String> asked(Map<String, ServiceProperties> services) {
        Map<String, @Nullable Boolean> all = new TreeMap<>();
        all.put("rpc.server.validation.enabled", this.enabled);
        all.put("rpc.server.validation.responses", this.responses);
        own(services).forEach((name, own) -> all.put(ValidationSettings.property(name), own));
        return all.entrySet().stream().filter((each) -> Boolean.TRUE.equals(each.getValue())).map(Map.Entry::getKey);
    }

    /** By the full names of services and methods. */
    private static Map<String, Boolean> own(Map<String, ServiceProperties> services) {
        Map<String, Boolean> own = new TreeMap<>();
        services.forEach((name, service) -> {
            if (service.validation() != null) {
                own.put(name, service.validation());
            }
            service.methods().forEach((method, single) -> {
                if (single.validation() != null) {
                    own.put(name + "/" + method, single.validation());
                }
            });
        });
        return own;
    }

}
