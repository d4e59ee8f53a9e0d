package io.rpcspring.server.transport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.inprocess.InProcessChannelBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.StuckPlaces;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The ways into the server beside the network.
 */
class DoorsTests {

    private final ApplicationContextRunner onPort = StarterRunner.withServerOnFreePort().withBean(MarkedPlaces.class);

    private final ApplicationContextRunner runner = StarterRunner.withServer().withBean(MarkedPlaces.class);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "grpc-java's client needs epoll for Unix sockets")
    void unixSocketAloneServesAndIsRemoved() {
        Path socket = this.folder.resolve("places.sock");
        this.runner.withPropertyValues("rpc.server.unix-socket=" + socket).run((context) -> {
            assertThat(context.getBean(RpcServer.class).port()).isEqualTo(-1);
            try (Connection connection = Connection.to("unix:" + socket)) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
            }
            context.close();
            assertThat(socket).doesNotExist();
        });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void unixSocketBesideAPort() {
        Path socket = this.folder.resolve("places.sock");
        this.onPort.withPropertyValues("rpc.server.unix-socket=" + socket).run((context) -> {
            try (Connection file = Connection.to("unix:" + socket); Connection network = Connection.to(context)) {
                assertThat(file.find("Zurich").getName()).isEqualTo("Zurich");
                assertThat(network.find("Zurich").getName()).isEqualTo("Zurich");
            }
        });
    }

    @Test
    void fileThatADeadServerLeftIsReplaced() throws IOException {
        Path socket = this.folder.resolve("places.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        this.runner.withPropertyValues("rpc.server.unix-socket=" + socket)
            .run((context) -> assertThat(context).hasNotFailed());
    }

    @Test
    void stoppingServerLeavesTheFileOfItsSuccessor() throws Exception {
        Path socket = this.folder.resolve("places.sock");
        StuckPlaces stuck = new StuckPlaces();
        StarterRunner.withServer()
            .withBean(StuckPlaces.class, () -> stuck)
            .withPropertyValues("rpc.server.port=0", "rpc.server.unix-socket=" + socket, "rpc.server.shutdown.grace=5m")
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    ListenableFuture<Place> answer = PlacesGrpc.newFutureStub(connection.channel())
                        .find(PlaceName.getDefaultInstance());
                    assertThat(stuck.entered.await(10, TimeUnit.SECONDS)).isTrue();
                    Thread stopping = new Thread(context.getBean(RpcServer.class)::stop);
                    stopping.start();
                    await().until(() -> Files.notExists(socket));
                    try (ServerSocketChannel successor = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                        successor.bind(UnixDomainSocketAddress.of(socket));
                        // There is no time left: what does not end is cut off.
                        stopping.interrupt();
                        assertThat(answer).failsWithin(Duration.ofSeconds(10));
                        stopping.join(10_000);
                        assertThat(stopping.isAlive()).isFalse();
                        assertThat(socket).exists();
                    }
                }
            });
    }

    @Test
    void fileInUseIsRefused() throws IOException {
        Path socket = this.folder.resolve("places.sock");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(socket));
            assertRefused("rpc.server.unix-socket=" + socket,
                    "The gRPC server cannot listen on unix:" + socket + ": another process listens there"
                            + " (rpc.server.unix-socket). Stop what listens there,"
                            + " or set rpc.server.unix-socket to another path.");
        }
        assertThat(socket).exists();
    }

    @Test
    void fileThatIsNoSocketIsRefusedAndLeftAlone() throws IOException {
        Path file = Files.writeString(this.folder.resolve("precious"), "data");
        assertRefused("rpc.server.unix-socket=" + file,
                "The gRPC server cannot listen on unix:" + file + ": the file exists and is not a socket"
                        + " (rpc.server.unix-socket). Remove the file,"
                        + " or set rpc.server.unix-socket to another path.");
        assertThat(file).hasContent("data");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void folderThatIsMissingIsRefused() {
        Path socket = this.folder.resolve("missing").resolve("places.sock");
        assertRefused("rpc.server.unix-socket=" + socket,
                "The gRPC server cannot listen on unix:" + socket + ": No such file or directory."
                        + " Set rpc.server.unix-socket to a file in a folder that exists"
                        + " and that the application may write to.");
    }

    @Test
    void pathThatIsTooLongIsRefused() {
        String path = "/" + "x".repeat(107);
        assertRefused("rpc.server.unix-socket=" + path,
                "rpc.server.unix-socket is '" + path + "', which is longer than the 107 characters"
                        + " that a Unix socket can have. Set rpc.server.unix-socket to a shorter path.");
    }

    @Test
    void addressWithoutPortIsRefused() {
        this.runner.withPropertyValues("rpc.server.address=127.0.0.1", "rpc.server.in-process-name=places")
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .hasMessage("rpc.server.address is '127.0.0.1', but there is no port to listen on:"
                        + " rpc.server.in-process-name replaces the default one."
                        + " Set rpc.server.port, or remove rpc.server.address."));
    }

    @WithLibrary("grpc-inprocess")
    @Test
    void inProcessNameAloneAndBesideAPort() {
        this.runner.withPropertyValues("rpc.server.in-process-name=alone").run((context) -> {
            assertThat(context.getBean(RpcServer.class).port()).isEqualTo(-1);
            try (Connection connection = inProcess("alone")) {
                assertThat(connection.find("Zurich").getZone()).startsWith("rpc-default-");
            }
        });
        this.onPort.withPropertyValues("rpc.server.in-process-name=beside").run((context) -> {
            try (Connection connection = inProcess("beside"); Connection network = Connection.to(context)) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                assertThat(network.find("Zurich").getName()).isEqualTo("Zurich");
            }
        });
    }

    @WithLibrary("grpc-inprocess")
    @Test
    void inProcessNameThatIsTakenIsRefused() {
        this.runner.withPropertyValues("rpc.server.in-process-name=taken")
            .run((first) -> assertRefused("rpc.server.in-process-name=taken",
                    "The gRPC server cannot listen on in-process:taken: another server of this JVM has the name"
                            + " (rpc.server.in-process-name). Stop the other server,"
                            + " or set rpc.server.in-process-name to another name."));
    }

    @Test
    void inProcessNameNeedsItsTransport() {
        this.runner.withPropertyValues("rpc.server.in-process-name=places")
            .withClassLoader(new FilteredClassLoader("io.grpc.inprocess"))
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .hasMessage("rpc.server.in-process-name is 'places', but the in-process transport is not on the class"
                        + " path. Add the dependency io.grpc:grpc-inprocess, or remove rpc.server.in-process-name."));
    }

    @Test
    void ownEventLoopsServeAndEnd() {
        this.onPort.withPropertyValues("rpc.server.event-loop-threads=1").run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
            }
            context.close();
            await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch((thread) -> thread.getName().startsWith("rpc-transport")));
        });
    }

    private void assertRefused(String property, String message) {
        this.runner.withPropertyValues(property)
            .run((context) -> assertThat(context).getFailure().hasStackTraceContaining(message));
    }

    private static Connection inProcess(String name) {
        return new Connection(InProcessChannelBuilder.forName(name).build());
    }

}
