package io.rpcspring.server.health;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.RpcService;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.ClockFixture;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What happens in a child context is no concern of its parent.
 */
class ChildContextTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final String OWN = "localhost:${local.rpc.server.port}";

    private ConfigurableApplicationContext parent;

    private int port;

    @BeforeEach
    void start() {
        this.parent = builder(PlacesApplication.class).run("--rpc.server.port=0",
                "--rpc.client.channels.self.target=" + OWN);
        this.port = this.parent.getBean(RpcServer.class).port();
        // Its services come after the server as a whole.
        awaitServing(this.port, "places.v1.Places");
    }

    @AfterEach
    void stop() {
        this.parent.close();
    }

    @Test
    void childWithoutServicesChangesNothing() {
        ConfigurableApplicationContext child = child(EmptyApplication.class);
        assertParentIsAsBefore();
        child.close();
        assertParentIsAsBefore();
    }

    @Test
    void childWithAServerChangesNothing() {
        ConfigurableApplicationContext child = child(ClockApplication.class);
        assertThat(child.getBean(RpcServer.class).port()).isNotEqualTo(this.port);
        assertParentIsAsBefore();
        AvailabilityChangeEvent.publish(child, ReadinessState.REFUSING_TRAFFIC);
        assertThat(health(this.port, "")).isEqualTo(ServingStatus.SERVING);
        AvailabilityChangeEvent.publish(child, ReadinessState.ACCEPTING_TRAFFIC);
        RpcServer server = child.getBean(RpcServer.class);
        server.stop();
        assertParentIsAsBefore();
        server.start();
        assertParentIsAsBefore();
        awaitServing(server.port(), "clock.v1.Clock");
        child.close();
        assertParentIsAsBefore();
    }

    @Test
    void portOfAChildThatHasAServerIsItsOwn() {
        try (ConfigurableApplicationContext child = child(ClockApplication.class)) {
            assertThat(child.getEnvironment().getProperty("local.rpc.server.port", Integer.class))
                .isEqualTo(child.getBean(RpcServer.class).port());
            ClockGrpc.ClockBlockingStub clock = ClockGrpc
                .newBlockingStub(child.getBean(RpcChannels.class).get("other"));
            assertThat(clock.timeAt(ZURICH)).isNotNull();
        }
    }

    @Test
    void childWithoutServerReachesItsParent() {
        try (ConfigurableApplicationContext child = child(EmptyApplication.class)) {
            PlacesGrpc.PlacesBlockingStub places = PlacesGrpc
                .newBlockingStub(child.getBean(RpcChannels.class).get("other"));
            assertThat(places.find(ZURICH).getName()).isEqualTo("Zurich");
        }
    }

    private ConfigurableApplicationContext child(Class<?> application) {
        return builder(application).parent(this.parent)
            .run("--rpc.server.port=0", "--rpc.client.channels.other.target=" + OWN);
    }

    private static SpringApplicationBuilder builder(Class<?> application) {
        return new SpringApplicationBuilder(application).web(WebApplicationType.NONE);
    }

    private void assertParentIsAsBefore() {
        assertThat(health(this.port, "")).isEqualTo(ServingStatus.SERVING);
        assertThat(health(this.port, "places.v1.Places")).isEqualTo(ServingStatus.SERVING);
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> health(this.port, "clock.v1.Clock"))
            .satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
        assertThat(this.parent.getEnvironment().getProperty("local.rpc.server.port", Integer.class))
            .isEqualTo(this.port);
        PlacesGrpc.PlacesBlockingStub places = PlacesGrpc
            .newBlockingStub(this.parent.getBean(RpcChannels.class).get("self"));
        assertThat(places.find(ZURICH).getName()).isEqualTo("Zurich");
    }

    /** Whether a server is well is asked on a thread of its own when it has started. */
    private static void awaitServing(int port, String service) {
        await().untilAsserted(() -> assertThat(health(port, service)).isEqualTo(ServingStatus.SERVING));
    }

    private static ServingStatus health(int port, String service) {
        try (Connection connection = Connection.to("localhost:" + port)) {
            return HealthGrpc.newBlockingStub(connection.channel())
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
        }
    }

    /** Serves the places. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(MarkedPlaces.class)
    static class PlacesApplication {

    }

    /** Serves the clock. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(MarkedClock.class)
    static class ClockApplication {

    }

    /** Serves nothing. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class EmptyApplication {

    }

    /** The clock, as an application marks it. */
    @RpcService
    static class MarkedClock extends ClockFixture {

    }

}
