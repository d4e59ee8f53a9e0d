package io.rpcspring.server;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.grpc.MethodDescriptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.words.Names;
import io.rpcspring.words.ServiceMethods;

/**
 * Decides which pool runs each method.
 * <p>
 * The configuration of the method wins over that of its service, and that over the
 * service's annotation.
 */
final class PoolAssignment {

    private static final Log logger = LogFactory.getLog(PoolAssignment.class);

    private static final Set<String> BUILT_IN = Set.of(HandlerPools.DEFAULT, HandlerPools.STREAMS);

    private final Map<String, ServicePools> configured;

    private final Map<String, PoolSettings> pools;

    private final Predicate<MethodDescriptor<?, ?>> mayBlock;

    /** By the full names of the methods. */
    private final Map<String, String> assigned = new HashMap<>();

    private final ServiceRegistry.Selection selection;

    PoolAssignment(Map<String, ServicePools> configured, Collection<PoolSettings> pools,
            Predicate<MethodDescriptor<?, ?>> mayBlock, ServiceRegistry.Selection selection) {
        this.configured = configured;
        this.mayBlock = mayBlock;
        this.selection = selection;
        this.pools = pools.stream().collect(Collectors.toMap(PoolSettings::name, (pool) -> pool));
    }

    /**
     * The pools of the methods, by the methods' full names.
     * @throws RpcConfigurationException if a name is wrong, or a pool cannot run a method
     */
    Map<String, String> of(Collection<ServedService> services) {
        List<String> names = services.stream().map(ServedService::name).toList();
        this.configured.keySet().forEach((name) -> this.selection.check(() -> requireService(name, names)));
        services.forEach(this::assign);
        Set<String> unused = new TreeSet<>(this.pools.keySet());
        unused.removeAll(BUILT_IN);
        unused.removeAll(this.assigned.values());
        unused.forEach((pool) -> logger.warn("No service and no method uses the pool '" + pool + "'"));
        return this.assigned;
    }

    private static void requireService(String name, Collection<String> services) {
        if (!services.contains(name)) {
            throw new RpcConfigurationException("rpc.server.services names the service '" + name
                    + "', which no bean serves. Served: " + Names.nearestFirst(name, services) + ".",
                    "Correct the name, or remove the entry.");
        }
    }

    private void assign(ServedService service) {
        ServicePools own = this.configured.getOrDefault(service.name(), new ServicePools(null, Map.of()));
        String place = "rpc.server.services.\"[" + service.name() + "]\"";
        own.methods()
            .keySet()
            .forEach((method) -> ServiceMethods.require(place + ".methods", service.definition().getServiceDescriptor(),
                    method));
        for (MethodDescriptor<?, ?> method : service.methods()) {
            WantedPool pool = wanted(service, method, own, place);
            pool.require(this.pools, this.mayBlock);
            this.assigned.put(method.getFullMethodName(), pool.name());
        }
    }

    private static WantedPool wanted(ServedService service, MethodDescriptor<?, ?> method, ServicePools own,
            String place) {
        String single = own.methods().get(method.getBareMethodName());
        if (single != null) {
            return new WantedPool(single, place + ".methods." + method.getBareMethodName() + ".pool", service, method);
        }
        if (own.pool() != null) {
            return new WantedPool(own.pool(), place + ".pool", service, method);
        }
        if (!service.pool().isEmpty()) {
            return new WantedPool(service.pool(), "The pool in @RpcService of the bean '" + service.beanName() + "'",
                    service, method);
        }
        String pool = service.holdsThread(method) ? HandlerPools.STREAMS : HandlerPools.DEFAULT;
        return new WantedPool(pool, "rpc.server.pools." + pool, service, method);
    }

}
