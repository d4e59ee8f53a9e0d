package io.rpcspring.autoconfigure;

import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.server.ServicePools;

/**
 * The settings of one service.
 *
 * @param pool The pool that runs the calls of the service.
 * @param validation Whether messages of the service are checked. As
 * rpc.server.validation.enabled if not set.
 * @param methods Settings of single methods, by their names.
 */
record ServiceProperties(@Nullable String pool, @Nullable Boolean validation,
        @DefaultValue Map<String, MethodProperties> methods) {

    ServiceProperties {
        methods = MapKeys.distinct(methods);
    }

    ServicePools pools() {
        Map<String, @Nullable String> single = new TreeMap<>();
        this.methods.forEach((name, method) -> single.put(name, method.pool()));
        return new ServicePools(this.pool, single);
    }

    /**
     * The settings of one method.
     *
     * @param pool The pool that runs the calls of the method.
     * @param validation Whether messages of the method are checked. As its service's if
     * not set.
     */
    record MethodProperties(@Nullable String pool, @Nullable Boolean validation) {
    }

}
