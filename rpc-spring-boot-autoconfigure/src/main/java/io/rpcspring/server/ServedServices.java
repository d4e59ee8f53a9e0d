package io.rpcspring.server;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.grpc.ServerBuilder;
import io.grpc.ServiceDescriptor;

import io.rpcspring.server.call.CallChain;
import io.rpcspring.server.call.ChainLink.Served;

/**
 * All that one server serves.
 *
 * @param own what the application's beans serve
 * @param builtIn what the framework brings
 */
record ServedServices(Collection<ServedService> own, List<BuiltInService> builtIn) {

    /** The application's own service wins over one that the framework brings. */
    static ServedServices of(Collection<ServedService> own, Collection<BuiltInService> builtIn) {
        Set<String> taken = names(own);
        return new ServedServices(own, builtIn.stream().filter((service) -> !taken.contains(service.name())).toList());
    }

    private static Set<String> names(Collection<ServedService> services) {
        return services.stream().map(ServedService::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The names of the application's services, sorted. */
    Set<String> names() {
        return names(this.own);
    }

    List<Served> served() {
        return Stream.concat(
                this.own.stream()
                    .map((service) -> new Served(service.definition().getServiceDescriptor(), service.beanName())),
                this.builtIn.stream().map((service) -> new Served(service.definition().getServiceDescriptor(), null)))
            .toList();
    }

    List<ServiceDescriptor> descriptors() {
        return served().stream().map(Served::service).toList();
    }

    void addTo(ServerBuilder<?> builder, CallChain chain) {
        this.own.forEach((service) -> builder
            .addService(chain.service(service.definition(), service.mapsItself(), service.interceptors())));
        this.builtIn.forEach((service) -> builder.addService(chain.ownService(service.definition())));
    }

}
