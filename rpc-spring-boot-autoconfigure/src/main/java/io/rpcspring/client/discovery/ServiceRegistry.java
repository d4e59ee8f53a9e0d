package io.rpcspring.client.discovery;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import org.springframework.cloud.client.ServiceInstance;

/**
 * What a service registry is asked, whether its client blocks or not.
 *
 * @param instances finds the instances of a service by its name
 * @param services lists the names of all services
 */
public record ServiceRegistry(Function<String, List<ServiceInstance>> instances, Supplier<List<String>> services) {

}
