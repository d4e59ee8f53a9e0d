package io.rpcspring.observation;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.Measured;
import io.rpcspring.fixture.RawConnection;

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
    void oldConnectionsAreToldApart() {
        try (Measured application = Measured.start(new MarkedPlaces(), "rpc.server.connection.max-age=1s")) {
            application.server().connection().find("Zurich");
            await().until(() -> closed(application, "age") == 1);
            assertThat(closed(application, "other")).isZero();
        }
    }

    private static double closed(Measured application, String reason) {
        return application.count("rpc.server.connections.closed", "reason", reason);
    }

}
