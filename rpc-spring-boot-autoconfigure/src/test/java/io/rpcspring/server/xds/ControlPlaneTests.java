package io.rpcspring.server.xds;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
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
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * A server whose port a real control plane opens, and who may call.
 */
@ExtendWith(OutputCaptureExtension.class)
class ControlPlaneTests {

    private static final String FIND = PlacesGrpc.getFindMethod().getFullMethodName();

    private final io.rpcspring.fixture.ControlPlane plane = io.rpcspring.fixture.ControlPlane.running();

    private final int port = FreePort.find();

    @AfterEach
    void takeBack() {
        this.plane.takeBack(this.port);
    }

    /** With the control plane that the channels would have. */
    private PlacesServer serve(String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("rpc.client.xds.bootstrap=" + this.plane.bootstrap());
        return serve(autoConfiguration("RpcXds"), all.toArray(String[]::new));
    }

    private PlacesServer serve(Object bootstrap, String... properties) {
        List<String> all = new ArrayList<>(
                List.of("rpc.server.xds.enabled=true", "rpc.server.address=127.0.0.1", "rpc.server.port=" + this.port));
        all.addAll(List.of(properties));
        return PlacesServer.start(
                List.of(new BusyPlaces(), bootstrap, autoConfiguration("RpcServerXds"), SslAutoConfiguration.class),
                all.toArray(String[]::new));
    }

    private static Class<?> autoConfiguration(String name) {
        return ClassUtils.resolveClassName("io.rpcspring.autoconfigure." + name + "AutoConfiguration", null);
    }

    @Test
    void callsComeThroughAsTheControlPlaneSays() {
        this.plane.open(this.port, FIND);
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
            await().untilAsserted(() -> assertThat(server.bean(RpcServer.class).calls()).isEmpty());
            assertThat(server.bean(BusyPlaces.class).entered).hasValue(1);
        }
    }

    @Test
    void serverWhoseListenerIsTakenBackKeepsItsPortAndTakesCallsAgainWhenItComesBack(CapturedOutput output) {
        this.plane.open(this.port, FIND);
        try (PlacesServer server = serve()) {
            assertThat(server.connection().find("").getZone()).startsWith("rpc-default-");
            this.plane.takeBack(this.port);
            await().until(() -> !isOpen());
            // Until the last connection has ended, too.
            await().during(Duration.ofMillis(200)).until(() -> server.port() == this.port);
            this.plane.open(this.port, FIND);
            await().until(this::isOpen);
            assertThat(server.connection().places().withWaitForReady().find(PlaceName.getDefaultInstance()).getZone())
                .startsWith("rpc-default-");
            await().untilAsserted(() -> assertThat(output).contains("gRPC server takes calls, as"));
        }
        assertThat(output.getOut().lines().filter((line) -> line.contains("gRPC server takes "))).satisfiesExactly(
                (line) -> assertThat(line).contains("WARN")
                    .endsWith("gRPC server takes no calls, as the xDS control plane says or does not answer:"
                            + " Listener places/listener/0.0.0.0:" + this.port + " unavailable: Resource"
                            + " places/listener/0.0.0.0:" + this.port + " does not exist"),
                (line) -> assertThat(line).contains("INFO")
                    .endsWith("gRPC server takes calls, as the xDS control plane says"),
                (line) -> assertThat(line).contains("takes no more calls;"));
    }

    private boolean isOpen() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
            return socket.isConnected();
        }
        catch (IOException ex) {
            return false;
        }
    }

    private static RpcConfigurationException failure(ThrowingCallable start) {
        return (RpcConfigurationException) Objects
            .requireNonNull(catchThrowableOfType(ApplicationContextException.class, start).getCause());
    }

    @Test
    void connectionsAreEncryptedAsTheServerSaysWhereTheControlPlaneLeavesItToIt(@TempDir Path folder) throws Exception {
        this.plane.open(this.port, FIND);
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
    void startDoesNotWaitForEver() throws IOException {
        RpcConfigurationException failure;
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            failure = failure(() -> serve(new Known(mute.getLocalPort()), "rpc.server.xds.start-timeout=200ms"));
        }
        assertThat(failure.description())
            .isEqualTo("The xDS control plane has sent no listener for the gRPC server within 200ms.");
        assertThat(failure.action()).isEqualTo("Have it send one whose name is the bootstrap's"
                + " server_listener_resource_name_template with 0.0.0.0 and rpc.server.port, and whose address is the same;"
                + " or give it more time with rpc.server.xds.start-timeout.");
    }

    @Test
    void startSaysWhyTheControlPlaneCannotBeAsked() {
        RpcConfigurationException failure = failure(
                () -> serve(new Known(FreePort.find()), "rpc.server.xds.start-timeout=5s"));
        assertThat(failure.description())
            .startsWith("The xDS control plane has sent no listener for the gRPC server within 5000ms: Listener"
                    + " places/listener/0.0.0.0:" + this.port + " unavailable: io exception");
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
                assertThat(failure.action()).isEqualTo("""
                        Set rpc.client.xds.bootstrap to a file, or to the JSON itself, in application.yml:

                        rpc:
                          client:
                            xds:
                              bootstrap: |
                                {
                                  "xds_servers": [ {
                                    "server_uri": "control-plane.example.org:18000",
                                    "channel_creds": [ { "type": "insecure" } ]
                                  } ],
                                  "node": { "id": "places" },
                                  "server_listener_resource_name_template": "places/listener/%s"
                                }""");
            });
    }

    @Test
    void bootstrapSaysHowTheListenerIsCalled() {
        RpcConfigurationException failure = failure(() -> serve(new Nameless(FreePort.find())));
        assertThat(failure.description())
            .isEqualTo("rpc.server.xds.enabled is true, but the xDS bootstrap cannot be used:"
                    + " Can only support xDS v3 with listener resource name template.");
        assertThat(failure.action())
            .isEqualTo("Give rpc.client.xds.bootstrap what a server needs beside what channels do, such as"
                    + " \"server_listener_resource_name_template\": \"places/listener/%s\", or remove"
                    + " rpc.server.xds.enabled.");
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
        new ApplicationContextRunner().withUserConfiguration(autoConfiguration("RpcServerXds"))
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
                    "node", Map.of("id", "test"), "server_listener_resource_name_template", "places/listener/%s");
        }

    }

}
