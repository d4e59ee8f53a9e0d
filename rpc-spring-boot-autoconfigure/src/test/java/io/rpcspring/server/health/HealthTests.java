package io.rpcspring.server.health;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.DefaultServer;
import io.rpcspring.fixture.HealthWatch;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.StuckPlaces;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What the server says of its health, and when.
 */
class HealthTests {

    private static final String PLACES = "places.v1.Places";

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort().withBean(MarkedPlaces.class);

    @Test
    void servesWhenTheApplicationIsReadyAndNoLonger() {
        this.runner.run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThat(check(connection, "")).isEqualTo(ServingStatus.NOT_SERVING);
                assertThat(check(connection, PLACES)).isEqualTo(ServingStatus.NOT_SERVING);
                become(context, ReadinessState.ACCEPTING_TRAFFIC);
                assertThat(check(connection, "")).isEqualTo(ServingStatus.SERVING);
                assertThat(check(connection, PLACES)).isEqualTo(ServingStatus.SERVING);
                become(context, ReadinessState.REFUSING_TRAFFIC);
                assertThat(check(connection, "")).isEqualTo(ServingStatus.NOT_SERVING);
                assertThat(check(connection, PLACES)).isEqualTo(ServingStatus.NOT_SERVING);
            }
        });
    }

    @Test
    void watchSeesEachChange() {
        this.runner.run((context) -> {
            try (Connection connection = Connection.to(context)) {
                HealthWatch watch = HealthWatch.of(connection.channel(), PLACES);
                assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);
                become(context, ReadinessState.ACCEPTING_TRAFFIC);
                assertThat(watch.next()).isEqualTo(ServingStatus.SERVING);
                become(context, ReadinessState.ACCEPTING_TRAFFIC);
                become(context, ReadinessState.REFUSING_TRAFFIC);
                assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);
            }
        });
    }

    @Test
    void serviceThatIsNotServedIsUnknown() {
        this.runner.run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> check(connection, "x.Y"))
                    .withMessage("NOT_FOUND: No service is called 'x.Y'");
                assertThat(HealthWatch.of(connection.channel(), "x.Y").next()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
            }
        });
    }

    @Test
    void answersWhileThePoolIsFull() {
        StarterRunner.withServerOnFreePort()
            .withBean(StuckPlaces.class)
            .withPropertyValues("rpc.server.pools.default.type=platform", "rpc.server.pools.default.size=1",
                    "rpc.server.pools.default.queue-capacity=1", "rpc.server.shutdown.grace=0s",
                    "rpc.server.reflection.enabled=true")
            .run((context) -> {
                StuckPlaces places = context.getBean(StuckPlaces.class);
                try (Connection connection = Connection.to(context)) {
                    PlacesGrpc.PlacesFutureStub stub = PlacesGrpc.newFutureStub(connection.channel());
                    for (int i = 0; i < 2; i++) {
                        stub.find(PlaceName.getDefaultInstance()).isDone();
                    }
                    assertThat(places.entered.await(10, TimeUnit.SECONDS)).isTrue();
                    assertThatException().isThrownBy(() -> connection.find("Zurich"));
                    become(context, ReadinessState.ACCEPTING_TRAFFIC);
                    assertThat(check(connection, "")).isEqualTo(ServingStatus.SERVING);
                }
            });
    }

    @Test
    void followsActuatorsIndicatorsAndGroups() {
        try (DefaultServer server = DefaultServer.start(Indicators.class, "rpc.server.health.interval=5ms",
                "rpc.server.health.services.[places.v1.Places].group=essential",
                "management.endpoint.health.group.essential.include=disk",
                "management.endpoint.health.validate-group-membership=false");
                Connection connection = Connection.to("localhost:" + server.port())) {
            Indicators indicators = server.application().getBean(Indicators.class);
            awaitStatus(connection, "", ServingStatus.SERVING);
            indicators.database.set(Health.down().build());
            awaitStatus(connection, "", ServingStatus.NOT_SERVING);
            assertThat(check(connection, PLACES)).isEqualTo(ServingStatus.SERVING);
            indicators.disk.set(Health.outOfService().build());
            awaitStatus(connection, PLACES, ServingStatus.NOT_SERVING);
            indicators.disk.set(Health.unknown().build());
            awaitStatus(connection, PLACES, ServingStatus.SERVING);
            assertThat(indicators.threads).isNotEmpty().allMatch("rpc-health"::equals);
        }
    }

    @Test
    void servesAsSoonAsTheApplicationIsReadyThoughIndicatorsAreAskedSeldom() {
        try (DefaultServer server = DefaultServer.start(Indicators.class, "rpc.server.health.interval=10m");
                Connection connection = Connection.to("localhost:" + server.port())) {
            awaitStatus(connection, "", ServingStatus.SERVING);
        }
    }

    @Test
    void groupThatDoesNotExistStopsTheStart() {
        assertThatException()
            .isThrownBy(() -> DefaultServer.start(Indicators.class, "rpc.server.health.group=esential",
                    "management.endpoint.health.group.essential.include=disk"))
            .havingRootCause()
            .withMessage(
                    "rpc.server.health.group is 'esential', but there is no such health group. Groups: essential, liveness, readiness."
                            + " Set rpc.server.health.group to one of them, or add"
                            + " management.endpoint.health.group.esential.include.");
    }

    @Test
    void groupWithoutActuatorStopsTheStart() {
        this.runner.withPropertyValues("rpc.server.health.group=essential")
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .hasMessage("rpc.server.health.group is 'essential', but there are no health groups without Actuator's"
                        + " health endpoint. Add the dependency"
                        + " org.springframework.boot:spring-boot-starter-actuator, or remove"
                        + " rpc.server.health.group."));
    }

    @Test
    void serviceThatIsNotServedStopsTheStart() {
        assertThatException()
            .isThrownBy(() -> DefaultServer.start(Indicators.class,
                    "rpc.server.health.services.[places.v1.Place].group=essential",
                    "management.endpoint.health.group.essential.include=disk"))
            .havingRootCause()
            .withMessage("rpc.server.health.services names the service 'places.v1.Place', which no bean serves. Served:"
                    + " places.v1.Places. Correct the name, or remove the entry.");
    }

    @Test
    void canBeSwitchedOff() {
        this.runner.withPropertyValues("rpc.server.health.enabled=false").run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> check(connection, ""))
                    .withMessage("UNIMPLEMENTED: Method not found: grpc.health.v1.Health/Check");
            }
        });
    }

    @Test
    void isNotNeeded() {
        this.runner
            .withClassLoader(new FilteredClassLoader("io.grpc.health", "io.grpc.protobuf.services",
                    "org.springframework.boot.health", "org.springframework.boot.actuate"))
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                }
            });
    }

    private static void awaitStatus(Connection connection, String service, ServingStatus status) {
        await().untilAsserted(() -> assertThat(check(connection, service)).isEqualTo(status));
    }

    private static ServingStatus check(Connection connection, String service) {
        return HealthGrpc.newBlockingStub(connection.channel())
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .check(HealthCheckRequest.newBuilder().setService(service).build())
            .getStatus();
    }

    private static void become(ApplicationContext context, ReadinessState state) {
        AvailabilityChangeEvent.publish(context, state);
    }

    /** An application with two indicators. */
    @Configuration(proxyBeanMethods = false)
    static class Indicators extends DefaultServer.Application {

        final AtomicReference<Health> database = new AtomicReference<>(Health.up().build());

        final AtomicReference<Health> disk = new AtomicReference<>(Health.up().build());

        final BlockingQueue<String> threads = new LinkedBlockingQueue<>();

        @Bean
        HealthIndicator database() {
            return this.database::get;
        }

        @Bean
        HealthIndicator disk() {
            return () -> {
                this.threads.add(Thread.currentThread().getName());
                return this.disk.get();
            };
        }

    }

}
