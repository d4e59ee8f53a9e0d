package io.rpcspring.server;

import java.util.Set;

import io.grpc.ServerInterceptor;

/**
 * An interceptor bean and the services that it applies to.
 *
 * @param beanName the bean's name
 * @param interceptor the bean
 * @param services the full names of the services; empty for all
 */
public record ScopedInterceptor(String beanName, ServerInterceptor interceptor, Set<String> services) {

    boolean appliesTo(String service) {
        return this.services.isEmpty() || this.services.contains(service);
    }

}
