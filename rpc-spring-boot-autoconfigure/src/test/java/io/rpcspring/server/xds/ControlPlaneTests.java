package io.rpcspring.server.xds;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.Any;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.NonForwardingAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContextException;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Certificates;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.FreePort;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A server whose port a real control plane opens, and who may call.
 */
class ControlPlaneTests {

    private static final String NAME = "places/listener/";

    private final SimpleCache<String> cache = new SimpleCache<>((node) -> "all");

    private Server controlPlane;

    private int controlPort;

    private int port;

    @BeforeEach
    void start() throws IOException {
        this.controlPlane = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new V3DiscoveryServer(this.cache).getAggregatedDiscoveryServiceImpl())
            .build()
            .start();
        this.controlPort = this.controlPlane.getPort();
        this.port = FreePort.find();
    }

    @AfterEach
    void stop() throws InterruptedException {
        this.controlPlane.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }

    private PlacesServer serve(String... properties) {
        List<String> all = new ArrayList<>(
                List.of("rpc.server.xds.enabled=true", "rpc.server.address=127.0.0.1", "rpc.server.port=" + this.port));
        all.addAll(List.of(properties));
        return PlacesServer.start(
                List.of(new BusyPlaces(), new Known(this.controlPort), autoConfiguration(), SslAutoConfiguration.class),
                all.toArray(String[]::new));
    }

    private static Class<?> autoConfiguration() {
        return ClassUtils.resolveClassName("io.rpcspring.autoconfigure.RpcServerXdsAutoConfiguration", null);
    }

    /** Lets calls of one method in. */
    private void allow(String path) {
        RouteConfiguration routes = RouteConfiguration.newBuilder()
            .setName("routes")
            .addVirtualHosts(VirtualHost.newBuilder()
                .setName("all")
                .addDomains("*")
                .addRoutes(Route.newBuilder()
                    .setMatch(RouteMatch.newBuilder().setPath(path))
                    .setNonForwardingAction(NonForwardingAction.getDefaultInstance())))
            .build();
        HttpConnectionManager manager = HttpConnectionManager.newBuilder()
            .setStatPrefix("in")
            .setRouteConfig(routes)
            .addHttpFilters(
                    HttpFilter.newBuilder().setName("router").setTypedConfig(Any.pack(Router.getDefaultInstance())))
            .build();
        Listener listener = Listener.newBuilder()
            .setName(NAME + "0.0.0.0:" + this.port)
            .setAddress(Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress("0.0.0.0").setPortValue(this.port)))
            .setDefaultFilterChain(FilterChain.newBuilder()
                .setName("all")
                .addFilters(Filter.newBuilder()
                    .setName("envoy.filters.network.http_connection_manager")
                    .setTypedConfig(Any.pack(manager))))
            .build();
        this.cache.setSnapshot("all",
                Snapshot.create(List.of(), List.of(), List.of(listener), List.of(), List.of(), "1"));
    }

    @Test
    void callsComeThroughAsTheControlPlaneSays() {
        allow("/places.v1.Places/Find");
        try (PlacesServer server = serve()) {
            assertThat(server.port()).isEqualTo(this.port);
            assertThat(server.connection().find("").getZone()).startsWith("rpc-default-");
            Ended refused = Flood
                .call(server.channel(), PlacesGrpc.getWithinMethod(), Area.getDefaultInstance(), CallOptions.DEFAULT)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
            assertThat(refused.is(Status.Code.UNAVAILABLE)).isTrue();
            assertThat(refused.status().getDescription()).isEqualTo("Could not find xDS route matching RPC");
            server.awaitIdle();
            assertThat(server.bean(RpcServer.class).calls()).isEmpty();
            assertThat(server.bean(BusyPlaces.class).entered).hasValue(1);
        }
    }

    private static RpcConfigurationException failure(ThrowingCallable start) {
        return (RpcConfigurationException) Objects
            .requireNonNull(catchThrowableOfType(ApplicationContextException.class, start).getCause());
    }

    @Test
    void connectionsAreEncryptedAsTheServerSaysWhereTheControlPlaneLeavesItToIt(@TempDir Path folder) throws Exception {
        allow("/places.v1.Places/Find");
        Certificates own = Certificates.of("own", folder);
        List<String> properties = new ArrayList<>(List.of(own.bundle("server", own)));
        properties.add("rpc.server.ssl.bundle=server");
        ChannelCredentials credentials = TlsChannelCredentials.newBuilder()
            .trustManager(new ByteArrayInputStream(own.certificatePem().getBytes(StandardCharsets.US_ASCII)))
            .build();
        try (PlacesServer server = serve(properties.toArray(String[]::new));
                Connection encrypted = new Connection(
                        Grpc.newChannelBuilder("localhost:" + this.port, credentials).build())) {
            assertThat(encrypted.find("").getZone()).startsWith("rpc-default-");
            assertThatException().isThrownBy(() -> server.connection().find(""));
        }
    }

    @Test
    void startDoesNotWaitForEver() {
        RpcConfigurationException failure = failure(() -> serve("rpc.server.xds.start-timeout=200ms"));
        assertThat(failure.description())
            .isEqualTo("The xDS control plane has sent no listener for the gRPC server within 200ms.");
        assertThat(failure.action()).isEqualTo("Have it send one whose name is the bootstrap's"
                + " server_listener_resource_name_template with 0.0.0.0 and rpc.server.port, and whose address is the same;"
                + " or give it more time with rpc.server.xds.start-timeout.");
    }

    @Test
    void startSaysWhyTheControlPlaneCannotBeAsked() {
        this.controlPlane.shutdownNow();
        RpcConfigurationException failure = failure(() -> serve("rpc.server.xds.start-timeout=2s"));
        assertThat(failure.description())
            .startsWith("The xDS control plane has sent no listener for the gRPC server within 2000ms: Listener " + NAME
                    + "0.0.0.0:" + this.port + " unavailable: io exception");
    }

    @Test
    void bootstrapIsNeeded() {
        StarterRunner.withServer()
            .withBean(BusyPlaces.class)
            .withPropertyValues("rpc.server.xds.enabled=true", "rpc.server.port=" + this.port)
            .run((context) -> {
                RpcConfigurationException failure = failure(() -> {
                    throw context.getStartupFailure();
                });
                assertThat(failure.description())
                    .startsWith("rpc.server.xds.enabled is true, but nothing says where the control plane is:"
                            + " rpc.client.xds.bootstrap, ");
            });
    }

    @Test
    void bootstrapSaysHowTheListenerIsCalled() {
        RpcConfigurationException failure = failure(
                () -> PlacesServer.start(List.of(new BusyPlaces(), new Nameless(this.controlPort), autoConfiguration()),
                        "rpc.server.xds.enabled=true", "rpc.server.port=" + this.port));
        assertThat(failure.description())
            .isEqualTo("rpc.server.xds.enabled is true, but the xDS bootstrap cannot be used: UNAVAILABLE:"
                    + " Can only support xDS v3 with listener resource name template.");
        assertThat(failure.action()).isEqualTo("Set rpc.client.xds.bootstrap to one with a"
                + " server_listener_resource_name_template, or remove rpc.server.xds.enabled.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"',
            textBlock = """
                    rpc.server.unix-socket=/tmp/x   | rpc.server.xds.enabled is true, and rpc.server.unix-socket is set, but an xDS control plane decides about one network address only. Remove rpc.server.unix-socket, or rpc.server.xds.enabled.
                    rpc.server.in-process-name=here | rpc.server.xds.enabled is true, and rpc.server.in-process-name is set, but an xDS control plane decides about one network address only. Remove rpc.server.in-process-name, or rpc.server.xds.enabled.
                    rpc.server.port=0               | rpc.server.xds.enabled is true, and rpc.server.port is 0, but an xDS control plane knows the server by its port. Set rpc.server.port to the port that its listener names, or remove rpc.server.xds.enabled.
                    """)
    void otherDoorsAreRefused(String property, String message) {
        StarterRunner.withServer()
            .withPropertyValues("rpc.server.xds.enabled=true", property)
            .run((context) -> assertThat(context).getFailure().rootCause().hasMessage(message));
    }

    @Test
    void libraryIsNeeded() {
        new ApplicationContextRunner().withUserConfiguration(autoConfiguration())
            .withClassLoader(new FilteredClassLoader("io.grpc.xds"))
            .withPropertyValues("rpc.server.xds.enabled=true", "rpc.server.port=9090")
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .hasMessage("rpc.server.xds.enabled is true, but grpc-xds is not on the class path."
                        + " Add the dependency io.grpc:grpc-xds, or remove rpc.server.xds.enabled."));
    }

    /**
     * A bootstrap that is enough for clients.
     *
     * @param controlPlane its port
     */
    record Nameless(int controlPlane) implements ControlPlane.Bootstrap {

        @Override
        public Map<String, ?> read() {
            Map<String, Object> bootstrap = new HashMap<>(new Known(this.controlPlane).read());
            bootstrap.remove("server_listener_resource_name_template");
            return bootstrap;
        }

    }

    /**
     * A bootstrap.
     *
     * @param controlPlane its port
     */
    record Known(int controlPlane) implements ControlPlane.Bootstrap {

        @Override
        public Map<String, ?> read() {
            return Map.of("xds_servers",
                    List.of(Map.of("server_uri", "127.0.0.1:" + this.controlPlane, "channel_creds",
                            List.of(Map.of("type", "insecure")))),
                    "node", Map.of("id", "test"), "server_listener_resource_name_template", NAME + "%s");
        }

    }

}
