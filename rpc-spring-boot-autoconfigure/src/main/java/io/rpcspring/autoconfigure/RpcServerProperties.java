package io.rpcspring.autoconfigure;

import java.nio.file.Path;
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
import io.rpcspring.server.ShutdownSettings;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.server.transport.Doors;
import io.rpcspring.server.transport.Goodbyes;
import io.rpcspring.server.transport.InProcessDoor;
import io.rpcspring.server.transport.ListenAddress;
import io.rpcspring.server.transport.ServerTls;
import io.rpcspring.server.transport.TransportSettings;
import io.rpcspring.server.transport.UnixSocket;

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
        @DefaultValue("0") int eventLoopThreads, @DefaultValue Ssl ssl,
        @DefaultValue @NestedConfigurationProperty KeepAliveProperties keepAlive,
        @DefaultValue @NestedConfigurationProperty ConnectionProperties connection,
        @DefaultValue @NestedConfigurationProperty LimitProperties limits,
        @DefaultValue @NestedConfigurationProperty ValidationProperties validation,
        @DefaultValue @NestedConfigurationProperty ErrorProperties errors,
        @DefaultValue @NestedConfigurationProperty SecurityProperties security,
        @DefaultValue @NestedConfigurationProperty AccessLogProperties accessLog,
        @DefaultValue @NestedConfigurationProperty HealthProperties health, @DefaultValue Reflection reflection,
        @DefaultValue Channelz channelz, @DefaultValue LoadReport loadReport, @DefaultValue Registration registration,
        @DefaultValue Xds xds, @DefaultValue Shutdown shutdown) {

    private static final int DEFAULT_PORT = 9090;

    RpcServerProperties {
        pools = MapKeys.distinct(pools);
        services = MapKeys.distinct(services);
        new ListenAddress(address, (port != null) ? port : DEFAULT_PORT);
        if (requestAhead < 1 || requestAhead > 10_000) {
            throw new RpcConfigurationException(
                    "rpc.server.request-ahead is " + requestAhead + ", which is not from 1 to 10000.",
                    "Set rpc.server.request-ahead to the messages that one stream may hold in memory, such as 16.");
        }
        if (xds.enabled()) {
            requireOneAddress((port != null) ? port : DEFAULT_PORT, unixSocket, inProcessName);
        }
        Bounds.atLeast("rpc.server.event-loop-threads", eventLoopThreads, 0, "2");
        if (address != null && port == null && (unixSocket != null || inProcessName != null)) {
            throw new RpcConfigurationException(
                    "rpc.server.address is '" + address + "', but there is no port to listen on: "
                            + ((unixSocket != null) ? "rpc.server.unix-socket" : "rpc.server.in-process-name")
                            + " replaces the default one.",
                    "Set rpc.server.port, or remove rpc.server.address.");
        }
    }

    private static void requireOneAddress(int port, @Nullable String unixSocket, @Nullable String inProcessName) {
        String other = (unixSocket != null) ? "rpc.server.unix-socket"
                : (inProcessName != null) ? "rpc.server.in-process-name" : null;
        if (other != null) {
            throw new RpcConfigurationException(
                    "rpc.server.xds.enabled is true, and " + other
                            + " is set, but an xDS control plane decides about one network address only.",
                    "Remove " + other + ", or rpc.server.xds.enabled.");
        }
        if (port == 0) {
            throw new RpcConfigurationException(
                    "rpc.server.xds.enabled is true, and rpc.server.port is 0, but an xDS control plane knows the"
                            + " server by its port.",
                    "Set rpc.server.port to the port that its listener names, or remove rpc.server.xds.enabled.");
        }
    }

    Doors doors(@Nullable ServerTls tls, TransportSettings.@Nullable Mesh mesh, @Nullable Goodbyes goodbyes,
            List<InProcessDoor> inProcess) {
        boolean elsewhere = this.unixSocket != null || this.inProcessName != null;
        Integer open = (this.port != null || elsewhere) ? this.port : Integer.valueOf(DEFAULT_PORT);
        ListenAddress network = (open != null) ? new ListenAddress(this.address, open) : null;
        UnixSocket socket = (this.unixSocket != null) ? new UnixSocket(Path.of(this.unixSocket)) : null;
        return new Doors(network, socket, this.inProcessName, inProcess, new TransportSettings(
                this.limits.forTransport(), this::applyTo, this.eventLoopThreads, tls, mesh, goodbyes));
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

    /**
     * How connections are encrypted.
     *
     * @param enabled Whether to use TLS. On by itself if there is a bundle.
     * @param bundle SSL bundle with the server's certificate. Connections are plain text
     * if not set.
     * @param clientAuth Whether clients show a certificate: none, want or need.
     */
    record Ssl(@Nullable Boolean enabled, @Nullable String bundle,
            @DefaultValue("none") ServerTls.ClientAuth clientAuth) {

        Ssl {
            if (bundle == null && Boolean.TRUE.equals(enabled)) {
                throw new RpcConfigurationException(
                        "rpc.server.ssl.enabled is true, but rpc.server.ssl.bundle is not set.",
                        "Set rpc.server.ssl.bundle to the SSL bundle with the server's certificate,"
                                + " or remove rpc.server.ssl.enabled.");
            }
            if (bundle == null && enabled == null && clientAuth != ServerTls.ClientAuth.NONE) {
                throw new RpcConfigurationException(
                        "rpc.server.ssl.client-auth is set, but rpc.server.ssl.bundle is not.",
                        "Set rpc.server.ssl.bundle to the SSL bundle with the server's certificate,"
                                + " or remove rpc.server.ssl.client-auth.");
            }
        }

        boolean isOn() {
            return (this.enabled != null) ? this.enabled : this.bundle != null;
        }

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

    /**
     * What happens when the server stops.
     *
     * @param delay How long the server still takes calls after it has said that it is not
     * ready, so that load balancers notice.
     * @param grace How long calls in flight may then take before they are cancelled.
     */
    record Shutdown(@DefaultValue("0s") Duration delay, @DefaultValue("30s") Duration grace) {

        Shutdown {
            notNegative("delay", delay, "5s");
            notNegative("grace", grace, "30s");
        }

        private static void notNegative(String property, Duration value, String example) {
            Bounds.atLeast("rpc.server.shutdown." + property, value, Duration.ZERO, example);
        }

        ShutdownSettings settings() {
            return new ShutdownSettings(this.delay, this.grace);
        }

    }

}
