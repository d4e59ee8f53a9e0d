package io.rpcspring.server.registration;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.netflix.appinfo.HealthCheckHandler;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.type.AnnotationMetadata;

import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a real Eureka knows of a server, from before it has started to after it has gone.
 */
class EurekaRegistrationTests {

    private static final ExecutorService OTHERS = Executors.newCachedThreadPool();

    private final Registry registry = Registry.running();

    @AfterAll
    static void end() {
        OTHERS.shutdownNow();
    }

    private ConfigurableApplicationContext start(Class<?> type, String name, WebApplicationType web,
            String... properties) {
        SpringApplication application = new SpringApplication(type);
        application.setWebApplicationType(web);
        application.setRegisterShutdownHook(false);
        return application.run(Stream
            .concat(this.registry.properties(name).stream(),
                    Stream.concat(Stream.of("rpc.server.port=0"), Stream.of(properties)))
            .map((property) -> "--" + property)
            .toArray(String[]::new));
    }

    private InstanceInfo awaitStatus(String name, InstanceStatus status) {
        await().until(() -> status(name) == status);
        return Objects.requireNonNull(this.registry.find(name));
    }

    private @Nullable InstanceStatus status(String name) {
        InstanceInfo known = this.registry.find(name);
        return (known != null) ? known.getStatus() : null;
    }

    @Test
    void portServicesAndTlsStandInWhatIsAnnounced() {
        try (ConfigurableApplicationContext context = start(Served.class, "announced", WebApplicationType.NONE)) {
            int port = context.getBean(RpcServer.class).port();
            InstanceInfo known = awaitStatus("announced", InstanceStatus.UP);
            assertThat(known.getMetadata()).containsEntry("gRPC_port", String.valueOf(port))
                .containsEntry("gRPC_tls", "false")
                .containsEntry("gRPC_services", "places.v1.Places");
        }
        await().until(() -> this.registry.find("announced") == null);
    }

    @Test
    void nothingIsAnnouncedBeforeTheServerListens() throws Exception {
        Gate.ready = new CountDownLatch(1);
        Gate.open = new CountDownLatch(1);
        var context = OTHERS.submit(() -> start(Late.class, "late", WebApplicationType.SERVLET, "server.port=0",
                "server.address=127.0.0.1"));
        try {
            await().until(() -> Gate.ready.getCount() == 0 || context.isDone());
            // The web server listens, and Spring Cloud has registered it as it thinks.
            assertThat(status("late")).isNull();
        }
        finally {
            Gate.open.countDown();
        }
        try (ConfigurableApplicationContext started = context.get()) {
            InstanceInfo known = awaitStatus("late", InstanceStatus.UP);
            assertThat(known.getPort())
                .isEqualTo(started.getEnvironment().getProperty("local.server.port", Integer.class));
            assertThat(known.getMetadata()).containsEntry("gRPC_port",
                    String.valueOf(started.getBean(RpcServer.class).port()));
        }
    }

    @Test
    void serverThatStopsIsDownBeforeItRefusesCallsAndUpAgainOnItsNewPort() {
        try (ConfigurableApplicationContext context = start(Served.class, "restarted", WebApplicationType.NONE)) {
            awaitStatus("restarted", InstanceStatus.UP);
            RpcServer server = context.getBean(RpcServer.class);
            server.stop();
            assertThat(status("restarted")).isEqualTo(InstanceStatus.DOWN);
            server.start();
            InstanceInfo known = awaitStatus("restarted", InstanceStatus.UP);
            assertThat(known.getMetadata()).containsEntry("gRPC_port", String.valueOf(server.port()));
        }
    }

    /** Health says UP all the time, and must not be believed. */
    @Test
    void closingApplicationIsNeverUpWhileItRefusesCalls() throws Exception {
        ConfigurableApplicationContext context = start(Healthy.class, "closing", WebApplicationType.NONE,
                "rpc.server.shutdown.grace=20s");
        awaitStatus("closing", InstanceStatus.UP);
        BusyPlaces places = context.getBean(BusyPlaces.class);
        try (Connection connection = Connection.to(context)) {
            var call = OTHERS
                .submit(() -> connection.places().find(PlaceName.newBuilder().setName(BusyPlaces.STUCK).build()));
            await().until(() -> places.entered.get() == 1);
            var closing = OTHERS.submit(context::close);
            // The call holds the drain open.
            await().until(() -> context.getBean(RpcServer.class).report().state().toString().equals("draining"));
            await().during(Duration.ofMillis(1500))
                .until(() -> EnumSet.of(InstanceStatus.DOWN, InstanceStatus.OUT_OF_SERVICE)
                    .contains(status("closing")));
            places.release.countDown();
            assertThat(call.get()).isNotNull();
            closing.get();
        }
        finally {
            places.release.countDown();
            context.close();
        }
    }

    @Test
    void applicationWithoutServicesIsUpAllTheSame() {
        try (ConfigurableApplicationContext context = start(Silent.class, "silent", WebApplicationType.NONE)) {
            assertThat(context.getBean(RpcServer.class).isRunning()).isFalse();
            assertThat(awaitStatus("silent", InstanceStatus.UP).getMetadata()).doesNotContainKey("gRPC_port");
        }
    }

    @Test
    void applicationsOwnMetadataStaysAndWhoDoesNotWantItHasNone() {
        try (ConfigurableApplicationContext mapped = start(Served.class, "mapped", WebApplicationType.NONE,
                "eureka.instance.metadata-map.gRPC_port=30090");
                ConfigurableApplicationContext off = start(Served.class, "unmapped", WebApplicationType.NONE,
                        "rpc.server.registration.enabled=false")) {
            assertThat(mapped.isRunning()).isTrue();
            assertThat(off.isRunning()).isTrue();
            Map<String, String> metadata = awaitStatus("mapped", InstanceStatus.UP).getMetadata();
            assertThat(metadata).containsEntry("gRPC_port", "30090").containsEntry("gRPC_services", "places.v1.Places");
            assertThat(awaitStatus("unmapped", InstanceStatus.UP).getMetadata()).doesNotContainKeys("gRPC_port",
                    "gRPC_services", "gRPC_tls");
        }
    }

    /** Serves the places. */
    @Configuration(proxyBeanMethods = false)
    @Import({ Selector.class, BusyPlaces.class })
    static class Served {

    }

    /** Serves the places, and is well to its end. */
    @Configuration(proxyBeanMethods = false)
    @Import({ Selector.class, BusyPlaces.class })
    static class Healthy {

        @Bean
        HealthCheckHandler health() {
            return (status) -> InstanceStatus.UP;
        }

    }

    /** Serves nothing. */
    @Configuration(proxyBeanMethods = false)
    @Import(Selector.class)
    static class Silent {

    }

    /** Has something that starts after all web servers, and before ours. */
    @Configuration(proxyBeanMethods = false)
    @Import({ Selector.class, BusyPlaces.class })
    static class Late {

        @Bean
        Gate gate() {
            return new Gate();
        }

    }

    /** Keeps an application from starting. */
    static final class Gate implements SmartLifecycle {

        private static CountDownLatch ready = new CountDownLatch(1);

        private static CountDownLatch open = new CountDownLatch(1);

        @Override
        public void start() {
            ready.countDown();
            try {
                open.await();
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void stop() {
        }

        @Override
        public boolean isRunning() {
            return open.getCount() == 0;
        }

        @Override
        public int getPhase() {
            return Integer.MAX_VALUE - 1;
        }

    }

    /** What an application with a web server and Eureka's client has. */
    static class Selector implements DeferredImportSelector {

        private static final Pattern OTHERS = Pattern.compile(
                "(?i)security|oauth2|docker|\\.grpc\\.|metrics|observation|tracing|opentelemetry|loadbalancer|testcontainers"
                        + "|eureka\\.server|actuate\\.autoconfigure\\.endpoint");

        @Override
        public String[] selectImports(AnnotationMetadata importing) {
            return Registry.autoConfigurations(OTHERS);
        }

    }

}
