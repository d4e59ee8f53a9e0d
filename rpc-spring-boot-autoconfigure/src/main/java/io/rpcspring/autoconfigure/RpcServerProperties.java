package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.grpc.ServerBuilder;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.ServicePools;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.server.transport.Doors;
import io.rpcspring.server.transport.Goodbyes;
import io.rpcspring.server.transport.InProcessDoor;
import io.rpcspring.server.transport.ServerTls;
import io.rpcspring.server.transport.TransportSettings;

/**
 * The server's properties.
 *
 * @param enabled Whether to start a gRPC server for the beans marked @RpcService.
 * @param address IPv4 or IPv6 address, or host name, to listen on. All interfaces if not
 * set.
 * @param port Port to listen on. 0 takes any free one. 9090 if neither this nor
 * unix-socket nor in-process-name is set.
 * @param unixSocket Path of a Unix socket to listen on, beside the port if that is set.
 * @param inProcessName Name to be found by within the JVM, beside the port if that is
 * set.
 * @param requestAhead How many messages of a stream are requested ahead of the handler
 * that receives them.
 * @param interruptCancelled Whether the thread that works on a call, in a handler or an
 * interceptor, is interrupted when the call is cancelled. Turn it off for code that must
 * not be interrupted, such as NIO file channels.
 * @param pools Handler pools by their names. The pools default and streams exist without
 * configuration.
 * @param services Settings of services, by their full names.
 * @param responseCompression What to compress responses with, for clients that understand
 * it: gzip, or the message encoding of an io.grpc.Compressor bean. Nothing if not set.
 * @param eventLoopThreads How many threads read and write. 0 takes as many as there are
 * processors, shared with all gRPC channels and servers of the JVM.
 * @param ssl How connections are encrypted.
 * @param keepAlive How the server finds out that a client is gone.
 * @param connection How long connections last.
 * @param limits What one connection or call may cost.
 * @param validation Which messages are checked against the rules in their protos.
 * @param errors What clients are told of failures.
 * @param security Who may call what.
 * @param accessLog Which calls have a line in the access log.
 * @param health What the health service says.
 * @param reflection Whether tools may ask for the services.
 * @param channelz Whether tools may ask for connections and calls.
 * @param loadReport Whether clients are told how busy the server is.
 * @param registration What Spring Cloud's registry is told of the server.
 * @param xds Whether a control plane says how to serve.
 * @param shutdown What happens when the server stops.
 */
@ConfigurationProperties("rpc.server")
record RpcServerProperties(@DefaultValue("true") boolean enabled, @Nullable String address, @Nullable Integer port,
        @Nullable String unixSocket, @Nullable String inProcessName, @DefaultValue("16") int requestAhead,
        @DefaultValue("true") boolean interruptCancelled, @DefaultValue Map<String, PoolProperties> pools,
        @DefaultValue Map<String, ServiceProperties> services, @Nullable String responseCompression,
        @DefaultValue("0") int eventLoopThreads, @DefaultValue @NestedConfigurationProperty ServerSslProperties ssl,
        @DefaultValue @NestedConfigurationProperty KeepAliveProperties keepAlive,
        @DefaultValue @NestedConfigurationProperty ConnectionProperties connection,
        @DefaultValue @NestedConfigurationProperty LimitProperties limits,
        @DefaultValue @NestedConfigurationProperty ValidationProperties validation,
        @DefaultValue @NestedConfigurationProperty ErrorProperties errors,
        @DefaultValue @NestedConfigurationProperty SecurityProperties security,
        @DefaultValue @NestedConfigurationProperty AccessLogProperties accessLog,
        @DefaultValue @NestedConfigurationProperty HealthProperties health, @DefaultValue Reflection reflection,
        @DefaultValue Channelz channelz, @DefaultValue LoadReport loadReport, @DefaultValue Registration registration,
        @DefaultValue Xds xds, @DefaultValue @NestedConfigurationProperty ShutdownProperties shutdown) {

    RpcServerProperties {
        pools = MapKeys.distinct(pools);
        services = MapKeys.distinct(services);
        ServerAddresses addresses = new ServerAddresses(address, port, unixSocket, inProcessName);
        if (requestAhead < 1 || requestAhead > 10_000) {
            throw new RpcConfigurationException(
                    "rpc.server.request-ahead is " + requestAhead + ", which is not from 1 to 10000.",
                    "Set rpc.server.request-ahead to the messages that one stream may hold in memory, such as 16.");
        }
        if (xds.enabled()) {
            addresses.requireOneAddress();
        }
        Bounds.atLeast("rpc.server.event-loop-threads", eventLoopThreads, 0, "2");
        addresses.requirePort();
    }

    Doors doors(@Nullable ServerTls tls, TransportSettings.@Nullable Mesh mesh, @Nullable Goodbyes goodbyes,
            List<InProcessDoor> inProcess) {
        return new ServerAddresses(this.address, this.port, this.unixSocket, this.inProcessName).doors(inProcess,
                new TransportSettings(this.limits.forTransport(), this::applyTo, this.eventLoopThreads, tls, mesh,
                        goodbyes));
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

    private void applyTo(ServerBuilder<?> builder) {
        this.keepAlive.applyTo(builder);
        this.connection.applyTo(builder);
        this.limits.applyTo(builder);
    }

    /**
     * Whether tools may ask for the services.
     *
     * @param enabled Whether to serve reflection (v1 and v1alpha), with which tools such
     * as grpcurl find the services, and strangers, too.
     */
    record Reflection(@DefaultValue("false") boolean enabled) {
    }

    /**
     * Whether tools may ask for connections and calls.
     *
     * @param enabled Whether to serve channelz, with which tools look at connections and
     * calls, and strangers, too.
     */
    record Channelz(@DefaultValue("false") boolean enabled) {
    }

    /**
     * Whether clients are told how busy the server is.
     *
     * @param enabled Whether each call ends with an ORCA load report of its pool, and
     * reports are served out of band, for weighted_round_robin and Envoy. Needs
     * io.grpc:grpc-xds.
     */
    record LoadReport(@DefaultValue("false") boolean enabled) {
    }

    /**
     * What Spring Cloud's registry is told of the server.
     *
     * @param enabled Whether the instance that Spring Cloud registers has the gRPC port,
     * TLS and service names in its metadata, and is out of service while the server
     * drains. Does nothing without a Spring Cloud registration.
     */
    record Registration(@DefaultValue("true") boolean enabled) {
    }

    /**
     * Whether a control plane says how to serve.
     *
     * @param enabled Whether the port is served as an xDS control plane says. Needs
     * io.grpc:grpc-xds, and a bootstrap that names the control plane.
     * @param startTimeout How long the start waits for the control plane before it fails.
     */
    record Xds(@DefaultValue("false") boolean enabled, @DefaultValue("30s") Duration startTimeout) {

        Xds {
            Bounds.atLeast("rpc.server.xds.start-timeout", startTimeout, Duration.ofMillis(1), "30s");
        }

    }

}
