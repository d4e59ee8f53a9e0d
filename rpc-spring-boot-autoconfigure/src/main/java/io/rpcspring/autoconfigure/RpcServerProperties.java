package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.ListenAddress;
import io.rpcspring.server.ServicePools;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolSettings;

/**
 * The server's properties.
 *
 * @param enabled Whether to start a gRPC server for the beans marked @RpcService.
 * @param address IPv4 or IPv6 address, or host name, to listen on. All interfaces if not
 * set.
 * @param port Port to listen on. 0 takes any free one.
 * @param requestAhead How many messages of a stream are requested ahead of the handler
 * that receives them.
 * @param interruptCancelled Whether the handler of a call is interrupted when the call is
 * cancelled. Turn it off for code that must not be interrupted, such as NIO file
 * channels.
 * @param pools Handler pools by their names. The pools default and streams exist without
 * configuration.
 * @param services The pools of services, by their full names.
 * @param shutdown What happens when the server stops.
 */
@ConfigurationProperties(prefix = "rpc.server", ignoreUnknownFields = false)
record RpcServerProperties(@DefaultValue("true") boolean enabled, @Nullable String address,
        @DefaultValue("9090") int port, @DefaultValue("16") int requestAhead,
        @DefaultValue("true") boolean interruptCancelled, @DefaultValue Map<String, PoolProperties> pools,
        @DefaultValue Map<String, ServiceProperties> services, @DefaultValue Shutdown shutdown) {

    RpcServerProperties {
        new ListenAddress(address, port);
        if (requestAhead < 1 || requestAhead > 10_000) {
            throw new RpcConfigurationException(
                    "rpc.server.request-ahead is " + requestAhead + ", which is not from 1 to 10000.",
                    "Set rpc.server.request-ahead to the messages that one stream may hold in memory, such as 16.");
        }
    }

    ListenAddress listenAddress() {
        return new ListenAddress(this.address, this.port);
    }

    /** The configured pools and those that exist without configuration. */
    List<PoolSettings> poolSettings(PoolProperties.Machine machine) {
        Map<String, PoolProperties> all = new TreeMap<>(this.pools);
        all.putIfAbsent(HandlerPools.DEFAULT, PoolProperties.BUILT_IN);
        all.putIfAbsent(HandlerPools.STREAMS, PoolProperties.BUILT_IN);
        return all.entrySet().stream().map((pool) -> pool.getValue().settings(pool.getKey(), machine)).toList();
    }

    Map<String, ServicePools> servicePools() {
        Map<String, ServicePools> all = new TreeMap<>();
        this.services.forEach((name, service) -> all.put(name, service.pools()));
        return all;
    }

    /**
     * The pools of one service.
     *
     * @param pool The pool that runs the calls of the service.
     * @param methods The pools of single methods, by their names.
     */
    record ServiceProperties(@Nullable String pool, @DefaultValue Map<String, MethodProperties> methods) {

        ServicePools pools() {
            Map<String, String> single = new TreeMap<>();
            this.methods.forEach((name, method) -> single.put(name, method.pool()));
            return new ServicePools(this.pool, single);
        }

    }

    /**
     * The pool of one method.
     *
     * @param pool The pool that runs the calls of the method.
     */
    record MethodProperties(String pool) {
    }

    /**
     * What happens when the server stops.
     *
     * @param grace How long calls in flight may take before they are cancelled.
     */
    record Shutdown(@DefaultValue("30s") Duration grace) {

        Shutdown {
            if (grace.isNegative()) {
                throw new RpcConfigurationException(
                        "rpc.server.shutdown.grace is " + grace.toMillis() + "ms, which is negative.",
                        "Set rpc.server.shutdown.grace to 0s or longer, such as 30s.");
            }
        }

    }

}
