package io.rpcspring.actuate;

import java.util.Map;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.DeadServer;
import io.rpcspring.fixture.HealthWatch;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * What the health and the info tell of gRPC, and what an operator can make the health
 * say.
 */
class HealthAndInfoTests {

    private static final String PLACES = "places.v1.Places";

    private final ApplicationContextRunner runner = Exposed.runner()
        .withBean(MarkedPlaces.class)
        .withPropertyValues("management.endpoint.rpc.access=unrestricted");

    @Test
    void serviceOutOfRotationServesAndSaysThatItDoesNot() {
        this.runner.run((context) -> {
            AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
            Exposed exposed = new Exposed(context);
            try (Connection connection = Connection.to(context)) {
                HealthWatch places = HealthWatch.of(connection.channel(), PLACES);
                HealthWatch server = HealthWatch.of(connection.channel(), "");
                assertThat(places.next()).isEqualTo(ServingStatus.SERVING);
                RpcReport.Service out = (RpcReport.Service) exposed.post("services", PLACES, "inRotation", "false");
                assertThat(out).isNotNull().extracting(RpcReport.Service::inRotation).isEqualTo(false);
                assertThat(places.next()).isEqualTo(ServingStatus.NOT_SERVING);
                assertThat(server.next()).isEqualTo(ServingStatus.SERVING);
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                exposed.post("services", PLACES, "inRotation", true);
                assertThat(places.next()).isEqualTo(ServingStatus.SERVING);
                assertThat(exposed.service(PLACES).inRotation()).isTrue();
            }
        });
    }

    @Test
    void serviceStaysOutOfRotationWhenTheServerStartsAgain() {
        this.runner.run((context) -> {
            AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
            new Exposed(context).post("services", PLACES, "inRotation", false);
            RpcServer server = context.getBean(RpcServer.class);
            server.stop();
            server.start();
            try (Connection connection = Connection.to(context)) {
                assertThat(HealthWatch.of(connection.channel(), PLACES).next()).isEqualTo(ServingStatus.NOT_SERVING);
            }
        });
    }

    @Test
    void channelsAreDetailsAndNeverBreakTheHealth() throws Exception {
        try (DeadServer dead = DeadServer.start()) {
            this.runner.withPropertyValues("rpc.client.channels.broken.target=localhost:" + dead.port())
                .run((context) -> {
                    assertThatException()
                        .isThrownBy(() -> PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("broken"))
                            .find(PlaceName.getDefaultInstance()));
                    // A call fails a moment before its channel has the state.
                    await().untilAsserted(() -> {
                        Health health = context.getBean(ChannelHealth.class).health();
                        assertThat(health.getStatus()).isEqualTo(Status.UP);
                        assertThat(health.getDetails().get("places"))
                            .isEqualTo(Map.of("state", "IDLE", "connections", 0));
                        assertThat(health.getDetails().get("broken")).asString()
                            .startsWith("{state=TRANSIENT_FAILURE, connections=0, lastFailure=");
                    });
                });
        }
    }

    @Test
    void infoHasTheVersions() {
        this.runner.withPropertyValues("rpc.server.pools.default.type=platform").run((context) -> {
            Info.Builder info = new Info.Builder();
            context.getBean(RpcVersions.class).contribute(info);
            assertThat(info.build().getDetails().get("rpc")).asString()
                .matches("\\{grpc=1\\.[0-9.]+, protobuf=4\\.[0-9.]+, transport=(epoll|nio), threads=platform}");
        });
    }

    @Test
    void bothCanBeSwitchedOff() {
        this.runner.withPropertyValues("management.health.rpc.enabled=false", "management.info.rpc.enabled=false")
            .run((context) -> assertThat(context).hasNotFailed()
                .doesNotHaveBean(ChannelHealth.class)
                .doesNotHaveBean(RpcVersions.class));
    }

}
