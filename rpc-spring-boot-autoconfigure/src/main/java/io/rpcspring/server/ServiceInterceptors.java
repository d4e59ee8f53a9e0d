package io.rpcspring.server;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.grpc.ServerInterceptor;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcService;
import io.rpcspring.words.Names;

/**
 * Finds the application's interceptors of a service, outermost first.
 *
 * @param marked those that {@code @RpcInterceptor} applies, in order
 * @param beans where a service's own interceptors are
 */
record ServiceInterceptors(List<ScopedInterceptor> marked, ListableBeanFactory beans) {

    List<ServerInterceptor> of(String service, String beanName, RpcService mark) {
        List<ServerInterceptor> interceptors = new ArrayList<>();
        for (ScopedInterceptor each : this.marked) {
            if (each.appliesTo(service)) {
                interceptors.add(each.interceptor());
            }
        }
        for (Class<? extends ServerInterceptor> type : mark.interceptors()) {
            ServerInterceptor own = bean(type, beanName);
            if (!interceptors.contains(own)) {
                interceptors.add(own);
            }
        }
        return interceptors;
    }

    private ServerInterceptor bean(Class<? extends ServerInterceptor> type, String service) {
        String[] names = this.beans.getBeanNamesForType(type);
        if (names.length == 1) {
            if (this.beans instanceof ConfigurableBeanFactory factory) {
                factory.registerDependentBean(names[0], service);
            }
            return this.beans.getBean(names[0], type);
        }
        String found = (names.length == 0) ? "no bean" : "the beans '" + String.join("' and '", names) + "'";
        throw new RpcConfigurationException(
                "The bean '" + service + "' asks for the interceptor " + type.getName() + ", of which there is " + found
                        + ".",
                "Declare exactly one bean of this class, for example by @Component on it; or remove it from"
                        + " @RpcService(interceptors = ...).");
    }

    void requireServices(Collection<String> names) {
        for (ScopedInterceptor each : this.marked) {
            for (String service : each.services()) {
                if (!Set.copyOf(names).contains(service)) {
                    throw new RpcConfigurationException(
                            "The interceptor bean '" + each.beanName() + "' names the service '" + service
                                    + "', which no bean serves. Served: " + Names.nearestFirst(service, names) + ".",
                            "Correct the name in @RpcInterceptor(services = ...), or leave it out to intercept all.");
                }
            }
        }
    }

}
