package io.rpcspring.observation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import io.rpcspring.observation.MeterNames.Side;

/**
 * Has the meters of each method of one side.
 * <p>
 * A method has meters of its own when it is known, that is served here or called from
 * here. All others share one series: a stranger who makes up names must not make meters.
 * For the same reason there is an end to it, which only proxies reach.
 */
final class SideMeters {

    private static final int MOST = 1_000;

    private final MeterRegistry registry;

    private final MeterNames names;

    private final Side side;

    private final Map<String, MethodMeters> methods = new ConcurrentHashMap<>();

    SideMeters(MeterRegistry registry, MeterNames names, Side side) {
        this.registry = registry;
        this.names = names;
        this.side = side;
    }

    MeterRegistry registry() {
        return this.registry;
    }

    /** The meters of a method that was known before; null for any other name. */
    @Nullable MethodMeters known(String method) {
        return this.methods.get(method);
    }

    MethodMeters of(MethodDescriptor<?, ?> method) {
        String name = method.getFullMethodName();
        MethodMeters known = known(name);
        if (known != null) {
            return known;
        }
        return (this.methods.size() < MOST) ? of(name, method.getType()) : others();
    }

    MethodMeters others() {
        return of(MeterNames.OTHER, MethodType.UNKNOWN);
    }

    private MethodMeters of(String name, MethodType type) {
        return this.methods.computeIfAbsent(name,
                (key) -> new MethodMeters(this.registry, this.names, this.side, key, type));
    }

}
