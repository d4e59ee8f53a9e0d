package io.rpcspring.test;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootContextLoader;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextManager;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcService;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.clock.ClockGrpc.ClockBlockingStub;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Contexts beside each other and one after the other, as Spring's test framework has
 * them.
 */
class RpcTestContextsTests {

    private static final MergedContextConfiguration NOTHING_MORE = new MergedContextConfiguration(
            RpcTestContextsTests.class, new String[0], new Class<?>[0], new String[0], new SpringBootContextLoader());

    static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    @Test
    void twentyContextsCallTheirOwnServersAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<ConfigurableApplicationContext> contexts = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                contexts.add(start(getClass().getClassLoader()));
            }
            List<Future<?>> calling = new ArrayList<>();
            contexts.forEach((context) -> calling.add(threads.submit(() -> callOwnServer(context))));
            for (Future<?> calls : calling) {
                calls.get();
            }
        }
        finally {
            contexts.forEach(ConfigurableApplicationContext::close);
            threads.shutdown();
        }
    }

    private static void callOwnServer(ConfigurableApplicationContext context) {
        PlaceName flaky = PlaceName.newBuilder().setName(TriedPlaces.FLAKY).build();
        assertThat(context.getBean(Trip.class).places.find(flaky).getName()).isEqualTo(TriedPlaces.FLAKY);
        assertThat(context.getBean(TriedPlaces.class).attempts()).isEqualTo(3);
    }

    @Test
    void stoppedAndStartedContextServesAndFakesAgain() {
        try (ConfigurableApplicationContext context = start(getClass().getClassLoader())) {
            Trip trip = context.getBean(Trip.class);
            for (int i = 0; i < 3; i++) {
                assertThat(trip.places.find(ZURICH).getName()).isEqualTo("Zurich");
                assertThat(trip.clock.timeAt(ZURICH).getTime()).isEqualTo("noon");
                context.stop();
                context.start();
            }
            assertThat(trip.places.find(ZURICH).getName()).isEqualTo("Zurich");
            assertThat(trip.clock.timeAt(ZURICH).getTime()).isEqualTo("noon");
        }
    }

    @Test
    void dirtyContextLeavesNoThread() throws Exception {
        Set<Thread> before = own();
        TestContextManager manager = new TestContextManager(Dirty.class);
        Dirty test = new Dirty();
        manager.prepareTestInstance(test);
        assertThat(test.port).isPositive();
        assertThat(test.places.find(ZURICH).getName()).isEqualTo("Zurich");
        assertThat(own()).anyMatch((thread) -> !before.contains(thread));
        manager.getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
        await().untilAsserted(() -> assertThat(own()).isSubsetOf(before));
        try (ServerSocket free = new ServerSocket(test.port)) {
            assertThat(free.getLocalPort()).isEqualTo(test.port);
        }
    }

    @Test
    void closedContextLeavesNoClassLoader() throws IOException {
        // Spring's caches are soft: they let go at once only where the JVM is told so.
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:SoftRefLRUPolicyMSPerMB=0", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                // Spring Boot holds the class loader that it found application.properties
                // by.
                "-Dspring.config.location=optional:file:./none/", "-Deureka.client.enabled=false", "-cp",
                System.getProperty("java.class.path"), ClassLoaderProbe.class.getName())
            .redirectErrorStream(true)
            .start();
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.lines().toList()).contains(ClassLoaderProbe.GONE);
        }
    }

    /** Threads with names of ours. */
    private static Set<Thread> own() {
        return Thread.getAllStackTraces()
            .keySet()
            .stream()
            .filter((thread) -> thread.getName().startsWith("rpc-"))
            .collect(Collectors.toSet());
    }

    /** As Spring's test framework does with what the annotations say. */
    static ConfigurableApplicationContext start(ClassLoader loader) {
        RpcTestContextCustomizer customizer = new RpcTestContextCustomizer(RpcTestKind.IN_PROCESS, Set.of(),
                List.of(FakeClock.class));
        return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
            .resourceLoader(new DefaultResourceLoader(loader))
            .initializers((context) -> customizer.customizeContext(context, NOTHING_MORE))
            .properties("rpc.client.defaults.retry.max-attempts=3", "rpc.client.defaults.retry.initial-backoff=1ms",
                    "spring.main.banner-mode=off", "spring.docker.compose.enabled=false",
                    "spring.main.register-shutdown-hook=false")
            .run();
    }

    /** Has a port, and a context that is thrown away. */
    @SpringBootTest(classes = Application.class,
            properties = { "rpc.server.port=0", "rpc.client.channels.places.target=localhost:${local.rpc.server.port}",
                    "rpc.client.channels.clock.target=localhost:1" })
    static class Dirty {

        @LocalRpcServerPort
        private int port;

        @RpcClient("places")
        @SuppressWarnings("NullAway.Init") // set by Spring
        private PlacesBlockingStub places;

    }

    /** Tells the time for somebody else. */
    @FakeRpc("clock")
    @RpcService(ClockGrpc.class)
    static class FakeClock {

        LocalTime timeAt(PlaceName name) {
            return LocalTime.newBuilder().setTime("noon").build();
        }

    }

    /** Is a client. */
    record Trip(@RpcClient("places") PlacesBlockingStub places, @RpcClient("clock") ClockBlockingStub clock) {
    }

    /** The application under test. */
    @Configuration(proxyBeanMethods = false)
    @Import({ RpcTestAutoConfigurations.class, TriedPlaces.class, Trip.class })
    static class Application {

    }

}
