package io.rpcspring.autoconfigure;

import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.contributor.Status;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.words.Names;

/**
 * Actuator's health groups, as what can be asked whether it is well.
 *
 * @param endpoint answers for the groups
 * @param groups knows their names
 */
record HealthGroups(HealthEndpoint endpoint, HealthEndpointGroups groups) {

    BooleanSupplier all() {
        return () -> isWell(this.endpoint.health());
    }

    BooleanSupplier group(String property, String name) {
        if (this.groups.get(name) == null) {
            throw new RpcConfigurationException(
                    property + " is '" + name + "', but there is no such health group. Groups: "
                            + Names.nearestFirst(name, this.groups.getNames()) + ".",
                    "Set " + property + " to one of them, or add management.endpoint.health.group." + name
                            + ".include.");
        }
        return () -> isWell(this.endpoint.healthForPath(name));
    }

    private static boolean isWell(@Nullable HealthDescriptor health) {
        return health == null
                || !(health.getStatus().equals(Status.DOWN) || health.getStatus().equals(Status.OUT_OF_SERVICE));
    }

}
