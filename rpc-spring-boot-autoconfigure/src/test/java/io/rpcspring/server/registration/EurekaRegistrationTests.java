package io.rpcspring.server.registration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.HealthCheckHandler;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.type.AnnotationMetadata;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Certificates;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.EurekaServer;
import io.rpcspring.fixture.Selected;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a real Eureka knows of a server, from before it has started to after it has gone.
 */
class EurekaRegistrationTests {

    private static final ExecutorService OTHERS = Executors.newCachedThreadPool();

    private static final EurekaServer REGISTRY = EurekaServer.running();

    private static final Set<String> STARTED = ConcurrentHashMap.newKeySet();

    private static final String CHANNEL = "rpc.client.channels.places.";

    /** Encrypts, and has a channel to itself. */
    private static ConfigurableApplicationContext announced;

    @BeforeAll
    static void begin(@TempDir Path folder) {
        Certificates own = Certificates.of("own", folder, "DNS:announced");
        announced = start(Served.class, "announced", WebApplicationType.NONE,
                Stream
                    .concat(Stream.of(own.bundle("own", own)),
                            Stream.of("rpc.server.ssl.bundle=own", CHANNEL + "target=discovery:///announced",
                                    CHANNEL + "ssl.bundle=own", "eureka.client.registry-fetch-interval-seconds=1"))
                    .toArray(String[]::new));
    }

    /** Eureka's client takes a second to end, for which no test has to wait. */
    @AfterAll
    static void end() throws InterruptedException {
        closeInBackground(announced);
        OTHERS.shutdown();
        assertThat(OTHERS.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(STARTED).allSatisfy((name) -> assertThat(REGISTRY.find(name)).isNull());
    }

    private static ConfigurableApplicationContext start(Class<?> type, String name, WebApplicationType web,
            String... properties) {
        STARTED.add(name);
        SpringApplication application = new SpringApplication(type);
        application.setWebApplicationType(web);
        application.setRegisterShutdownHook(false);
        return application
            .run(Stream.of(Stream.of("spring.application.name=" + name, "eureka.instance.instance-id=" + name,
                    "eureka.instance.hostname=localhost", "eureka.client.enabled=true",
                    "eureka.client.jersey.enabled=false", "eureka.client.instance-info-replication-interval-seconds=1",
                    "spring.docker.compose.enabled=false", "rpc.server.port=0", REGISTRY.property()),
                    Stream.of(properties))
                .flatMap((all) -> all)
                .map((property) -> "--" + property)
                .toArray(String[]::new));
    }

    private static void closeInBackground(ConfigurableApplicationContext... contexts) {
        Stream.of(contexts).forEach((context) -> OTHERS.execute(context::close));
    }

    private static InstanceInfo awaitStatus(String name, InstanceStatus status) {
        await().until(() -> status(name) == status);
        return Objects.requireNonNull(REGISTRY.find(name));
    }

    private static @Nullable InstanceStatus status(String name) {
        InstanceInfo known = REGISTRY.find(name);
        return (known != null) ? known.getStatus() : null;
    }

    @Test
    void portServicesAndTlsStandInWhatIsAnnouncedAndClientsThatEncryptFindIt() {
        InstanceInfo known = awaitStatus("announced", InstanceStatus.UP);
        assertThat(known.getMetadata())
            .containsEntry("gRPC_port", String.valueOf(announced.getBean(RpcServer.class).port()))
            .containsEntry("gRPC_tls", "true")
            .containsEntry("gRPC_services", "places.v1.Places");
        PlacesGrpc.PlacesBlockingStub places = PlacesGrpc
            .newBlockingStub(announced.getBean(RpcChannels.class).get("places"));
        await().ignoreExceptionsInstanceOf(StatusRuntimeException.class)
            .until(() -> places.find(PlaceName.getDefaultInstance()).getZone().startsWith("rpc-default-"));
    }

    @Test
    void instanceIsNotUpBeforeTheServerListensWhoeverSaysSo() throws Exception {
        Gate.ready = new CountDownLatch(1);
        Gate.open = new CountDownLatch(1);
        var context = OTHERS.submit(() -> start(Late.class, "late", WebApplicationType.SERVLET, "server.port=0",
                "server.address=127.0.0.1"));
        try {
            await().until(() -> Gate.ready.getCount() == 0 || context.isDone());
            // The web server listens, Spring Cloud has registered it, and health says UP.
            await().during(Duration.ofMillis(200)).until(() -> status("late") != InstanceStatus.UP);
        }
        finally {
            Gate.open.countDown();
        }
        ConfigurableApplicationContext started = context.get();
        try {
            InstanceInfo known = awaitStatus("late", InstanceStatus.UP);
            assertThat(known.getPort())
                .isEqualTo(started.getEnvironment().getProperty("local.server.port", Integer.class));
            assertThat(known.getMetadata())
                .containsEntry("gRPC_port", String.valueOf(started.getBean(RpcServer.class).port()))
                .containsEntry("gRPC_tls", "false");
        }
        finally {
            closeInBackground(started);
        }
    }

    @Test
    void serverThatStopsIsDownBeforeItRefusesCallsAndUpAgainOnItsNewPort() {
        awaitStatus("announced", InstanceStatus.UP);
        announced.getBean(RpcServer.class).stop();
        // The other where Eureka's client has told too much lately.
        assertThat(status("announced")).isIn(InstanceStatus.DOWN, InstanceStatus.OUT_OF_SERVICE);
        startAgain();
    }

    @Test
    void whatEurekasClientDoesNotGetThroughInTimeIsToldPastIt() {
        awaitStatus("announced", InstanceStatus.UP);
        REGISTRY.refuse("announced", true);
        announced.getBean(RpcServer.class).stop();
        assertThat(status("announced")).isEqualTo(InstanceStatus.OUT_OF_SERVICE);
        REGISTRY.refuse("announced", false);
        startAgain();
    }

    private static void startAgain() {
        RpcServer server = announced.getBean(RpcServer.class);
        server.start();
        assertThat(awaitStatus("announced", InstanceStatus.UP).getMetadata()).containsEntry("gRPC_port",
                String.valueOf(server.port()));
    }

    /** Health says UP all the time, and must not be believed. */
    @Test
    void closingApplicationIsNeverUpWhileItRefusesCalls() throws Exception {
        ConfigurableApplicationContext context = start(Healthy.class, "closing", WebApplicationType.NONE,
                "rpc.server.shutdown.grace=20s");
        awaitStatus("closing", InstanceStatus.UP);
        BusyPlaces places = context.getBean(BusyPlaces.class);
        try (Connection connection = Connection.to(context)) {
            var call = OTHERS.submit(() -> connection.places()
                .withDeadlineAfter(40, TimeUnit.SECONDS)
                .find(PlaceName.newBuilder().setName(BusyPlaces.STUCK).build()));
            await().until(() -> places.entered.get() == 1);
            closeInBackground(context);
            // The call holds the drain open.
            await().until(() -> context.getBean(RpcServer.class).report().state().toString().equals("draining"));
            await().during(Duration.ofMillis(1200))
                .until(() -> EnumSet.of(InstanceStatus.DOWN, InstanceStatus.OUT_OF_SERVICE)
                    .contains(status("closing")));
            places.release.countDown();
            assertThat(call.get()).isNotNull();
        }
        finally {
            places.release.countDown();
            closeInBackground(context);
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
        ConfigurableApplicationContext mapped = start(Served.class, "mapped", WebApplicationType.NONE,
                "eureka.instance.metadata-map.gRPC_port=30090");
        ConfigurableApplicationContext off = start(Served.class, "unmapped", WebApplicationType.NONE,
                "rpc.server.registration.enabled=false");
        try {
            Map<String, String> metadata = awaitStatus("mapped", InstanceStatus.UP).getMetadata();
            assertThat(metadata).containsEntry("gRPC_port", "30090").containsEntry("gRPC_services", "places.v1.Places");
            assertThat(awaitStatus("unmapped", InstanceStatus.UP).getMetadata()).doesNotContainKeys("gRPC_port",
                    "gRPC_services", "gRPC_tls");
        }
        finally {
            closeInBackground(mapped, off);
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
        Gate gate(ApplicationInfoManager application) {
            return new Gate(application);
        }

    }

    /** Keeps an application from starting. */
    static final class Gate implements SmartLifecycle {

        private static CountDownLatch ready = new CountDownLatch(1);

        private static CountDownLatch open = new CountDownLatch(1);

        private final ApplicationInfoManager application;

        private Gate(ApplicationInfoManager application) {
            this.application = application;
        }

        /** As Eureka's client does when it asks the health before it is told not to. */
        @Override
        public void start() {
            this.application.setInstanceStatus(InstanceStatus.UP);
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
            return Selected.where((name) -> !OTHERS.matcher(name).find());
        }

    }

}
