package io.rpcspring.observation;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;

import io.rpcspring.fixture.Certificates;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.Measured;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the meters of the server's connections show.
 */
class ConnectionMetersTests {

    @Test
    void connectionsAreCountedFromHandshakeToEnd() throws Exception {
        try (Measured application = Measured.start(new MarkedPlaces())) {
            assertThat(application.gauge("rpc.server.connections")).isZero();
            try (Connection client = Connection.to("localhost:" + application.server().port())) {
                client.find("Zurich");
                assertThat(application.gauge("rpc.server.connections")).isEqualTo(1);
            }
            await().until(() -> closed(application, "other") == 1);
            assertThat(application.gauge("rpc.server.connections")).isZero();
        }
    }

    @Test
    void peerThatDoesNotSpeakGrpcNeverWasAConnection() throws Exception {
        try (Measured application = Measured.start(new MarkedPlaces())) {
            try (RawConnection peer = RawConnection.silent(application.server().port())) {
                peer.write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(peer.closes(20)).isTrue();
            }
            RawConnection.silent(application.server().port()).close();
            await().until(() -> closed(application, "handshake") == 2);
            assertThat(application.gauge("rpc.server.connections")).isZero();
            assertThat(closed(application, "other")).isZero();
        }
    }

    @Test
    void closedOnesHaveTheReasonThatTheyWereTold() throws Exception {
        try (Measured application = Measured.start(new MarkedPlaces(), "rpc.server.connection.max-idle=3s",
                "rpc.server.limits.resets=20")) {
            application.server().connection().channel().shutdownNow();
            try (RawConnection idle = RawConnection.to(port(application));
                    RawConnection asking = RawConnection.to(port(application));
                    RawConnection resetting = RawConnection.to(port(application));
                    RawConnection wrong = RawConnection.to(port(application))) {
                for (int i = 0; i < 4; i++) {
                    asking.frame(RawConnection.PING, RawConnection.NONE, 0, new byte[8]);
                }
                resetMany(resetting, RawConnection.RST_STREAM, 8);
                wrong.frame(RawConnection.DATA, RawConnection.NONE, 0, new byte[1]);
                assertThat(List.of(asking, resetting, wrong))
                    .allSatisfy((peer) -> assertThat(peer.closes(20)).isTrue());
                assertThat(idle.await(RawConnection.GOAWAY).debug()).isEqualTo("max_idle");
            }
            for (String reason : List.of("idle", "pings", "resets", "protocol")) {
                await().untilAsserted(() -> assertThat(closed(application, reason)).as(reason).isEqualTo(1));
            }
        }
    }

    /** What the peer makes the server itself reset. */
    @Test
    void provokedResetsCountAsResets() throws Exception {
        try (Measured application = Measured.start(new MarkedPlaces(), "rpc.server.limits.resets=20")) {
            try (RawConnection peer = RawConnection.to(port(application))) {
                resetMany(peer, RawConnection.WINDOW_UPDATE, 0);
                assertThat(peer.closes(20)).isTrue();
            }
            await().untilAsserted(() -> assertThat(closed(application, "resets")).isEqualTo(1));
        }
    }

    private static void resetMany(RawConnection peer, int frame, int value) throws IOException {
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int stream = 1; stream < 100; stream += 2) {
            many.writeBytes(RawConnection.call(stream, RawConnection.FIND));
            many.writeBytes(RawConnection.bytes(frame, RawConnection.NONE, stream, RawConnection.integer(value)));
        }
        peer.write(many.toByteArray());
    }

    @Test
    void oldConnectionsAreToldApartFromThoseThatTheDrainClosed() {
        try (Measured application = Measured.start(new MarkedPlaces(), "rpc.server.connection.max-age=1s")) {
            application.server().connection().find("Zurich");
            await().until(() -> closed(application, "age") == 1);
        }
        try (Measured application = Measured.start(new MarkedPlaces())) {
            application.server().connection().find("Zurich");
            application.server().bean(RpcServer.class).stop();
            await().until(() -> closed(application, "drain") == 1);
        }
    }

    @Test
    void encryptedConnectionsHaveTheirReasonToo(@TempDir Path folder) throws Exception {
        Certificates own = Certificates.of("server", folder);
        DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("server", SslBundle.of(new JksSslStoreBundle(
                JksSslStoreDetails.forLocation(own.keyStore().toUri().toString()).withPassword(Certificates.PASSWORD),
                null)));
        ChannelCredentials trusting = TlsChannelCredentials.newBuilder()
            .trustManager(new ByteArrayInputStream(own.certificatePem().getBytes(StandardCharsets.US_ASCII)))
            .build();
        try (Measured application = Measured.start(List.of(new MarkedPlaces(), bundles), "rpc.server.ssl.bundle=server",
                "rpc.server.connection.max-idle=1s")) {
            ManagedChannel channel = Grpc.newChannelBuilderForAddress("localhost", port(application), trusting).build();
            assertThat(new Connection(channel).find("Zurich").getName()).isEqualTo("Zurich");
            await().until(() -> closed(application, "idle") == 1);
            channel.shutdownNow();
        }
    }

    /** Where all peers have the same address. */
    @Test
    void connectionsOfAUnixSocketAreToldApart(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("places.sock");
        try (Measured application = Measured.start(new MarkedPlaces(), "rpc.server.unix-socket=" + file,
                "rpc.server.connection.max-idle=3s")) {
            try (SocketChannel idle = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
                idle.write(ByteBuffer.wrap(RawConnection.hello()));
                ByteBuffer read = ByteBuffer.allocate(10_000);
                while (!new String(read.array(), StandardCharsets.ISO_8859_1).contains("max_idle")) {
                    assertThat(idle.read(read)).isPositive();
                }
                SocketChannel leaving = SocketChannel.open(UnixDomainSocketAddress.of(file));
                leaving.write(ByteBuffer.wrap(RawConnection.hello()));
                await().until(() -> application.gauge("rpc.server.connections") == 2);
                leaving.close();
                await().until(() -> closed(application, "other") == 1);
            }
            await().until(() -> closed(application, "idle") == 1);
        }
    }

    private static int port(Measured application) {
        return application.server().port();
    }

    private static double closed(Measured application, String reason) {
        return application.count("rpc.server.connections.closed", "reason", reason);
    }

}
