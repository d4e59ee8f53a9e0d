package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the health service says.
 *
 * @param enabled Whether to serve grpc.health.v1.Health.
 * @param interval How often Actuator's health indicators are asked, on a thread of its
 * own.
 * @param group Actuator's health group that says whether the server is well. All of its
 * indicators if not set.
 * @param services What differs for single services, by their full name.
 */
record HealthProperties(@DefaultValue("true") boolean enabled, @DefaultValue("5s") Duration interval,
        @Nullable String group, @DefaultValue Map<String, ServiceHealth> services) {

    HealthProperties {
        Bounds.atLeast("rpc.server.health.interval", interval, Duration.ofMillis(1), "5s");
    }

    /**
     * What differs for one service.
     *
     * @param group Actuator's health group that says whether the service is well.
     */
    record ServiceHealth(String group) {
    }

}
