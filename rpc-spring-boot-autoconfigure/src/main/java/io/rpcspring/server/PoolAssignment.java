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
        requireMethods(service, own, place);
        for (MethodDescriptor<?, ?> method : service.methods()) {
            String single = own.methods().get(method.getBareMethodName());
            if (single != null) {
                assign(service, method, single, place + ".methods." + method.getBareMethodName() + ".pool");
            }
            else if (own.pool() != null) {
                assign(service, method, own.pool(), place + ".pool");
            }
            else if (!service.pool().isEmpty()) {
                assign(service, method, service.pool(),
                        "The pool in @RpcService of the bean '" + service.beanName() + "'");
            }
            else {
                String pool = service.holdsThread(method) ? HandlerPools.STREAMS : HandlerPools.DEFAULT;
                assign(service, method, pool, "rpc.server.pools." + pool);
            }
        }
    }

    private static void requireMethods(ServedService service, ServicePools own, String place) {
        Set<String> names = service.methods()
            .stream()
            .map((method) -> String.valueOf(method.getBareMethodName()))
            .collect(Collectors.toCollection(TreeSet::new));
        for (String name : own.methods().keySet()) {
            if (!names.contains(name)) {
                throw new RpcConfigurationException(
                        place + ".methods names '" + name + "', which is no method of " + service.name()
                                + ". Its methods: " + Names.nearestFirst(name, names) + ".",
                        "Correct the name, or remove the entry.");
            }
        }
    }

    private void assign(ServedService service, MethodDescriptor<?, ?> method, String pool, String place) {
        PoolSettings settings = this.pools.get(pool);
        if (settings == null) {
            throw new RpcConfigurationException(
                    place + " is '" + pool + "', but there is no such pool. Pools: "
                            + Names.nearestFirst(pool, this.pools.keySet()) + ".",
                    "Correct the name, or configure the pool, as in rpc.server.pools." + pool + ".size: 16.");
        }
        if (settings.type() == PoolSettings.Type.DIRECT && service.holdsThread(method)) {
            throw stopsTheTransport(service, method, pool, place);
        }
        if (settings.type() == PoolSettings.Type.DIRECT && this.mayBlock.test(method)) {
            throw new RpcConfigurationException(
                    place + " is '" + pool + "', a pool of type direct, but calls of " + method.getFullMethodName()
                            + " are authenticated first, which may block their thread: it would"
                            + " stop the transport.",
                    "Give the method a pool of another type, as in rpc.server.services.\"[" + service.name()
                            + "]\".methods." + method.getBareMethodName() + ".pool: default.");
        }
        this.assigned.put(method.getFullMethodName(), pool);
    }

    private static RpcConfigurationException stopsTheTransport(ServedService service, MethodDescriptor<?, ?> method,
            String pool, String place) {
        String why = method.getFullMethodName() + " is a streaming method of a plain object, which blocks its thread"
                + " while its stream lives: it would stop the transport.";
        if (pool.equals(HandlerPools.STREAMS)) {
            return new RpcConfigurationException("rpc.server.pools.streams.type is direct, but " + why,
                    "Set rpc.server.pools.streams.type to auto, platform or virtual, or remove it.");
        }
        return new RpcConfigurationException(place + " is '" + pool + "', a pool of type direct, but " + why,
                "Give the method a pool of another type, as in rpc.server.services.\"[" + service.name()
                        + "]\".methods." + method.getBareMethodName() + ".pool: streams.");
    }

}
