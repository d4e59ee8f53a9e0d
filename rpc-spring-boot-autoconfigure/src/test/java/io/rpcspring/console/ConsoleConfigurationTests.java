package io.rpcspring.console;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.NestedExceptionUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.Sources;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.server.transport.InProcessDoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * When there is a console, and when the start says why there is none.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConsoleConfigurationTests {

    private static final ApplicationContextRunner RUNNER = StarterRunner.withServerOnFreePort()
        .withBean(TriedPlaces.class);

    @Test
    void offByDefault() {
        RUNNER.run((context) -> assertThat(context).doesNotHaveBean(Console.class)
            .doesNotHaveBean(CallWatch.class)
            .doesNotHaveBean(InProcessDoor.class));
    }

    @Test
    void offByDefaultItsLibrariesAreNotMissed() {
        RUNNER
            .withClassLoader(new FilteredClassLoader("org.springframework.web", "jakarta.servlet",
                    "com.google.protobuf.util", "io.grpc.inprocess"))
            .run((context) -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @CsvSource({ "org.springframework.web.socket,org.springframework.boot:spring-boot-starter-websocket",
            "com.google.protobuf.util,com.google.protobuf:protobuf-java-util",
            "io.grpc.inprocess,io.grpc:grpc-inprocess" })
    void missingLibraryStopsTheStart(String absent, String library) {
        RUNNER.withInitializer(Sources.variables("RPC_CONSOLE_ENABLED=true"))
            .withClassLoader(new FilteredClassLoader(absent))
            .run((context) -> assertFailure(context.getStartupFailure(),
                    "rpc.console.enabled is true, but " + library + " is not on the class path.",
                    "Add the dependency " + library + ", or remove rpc.console.enabled."));
    }

    @Test
    void missingLibraryIsNamedWithThePlaceOfTheProperty() {
        RUNNER.withPropertyValues("rpc.console.enabled=true")
            .withClassLoader(new FilteredClassLoader("org.springframework.web.socket"))
            .run((context) -> assertFailure(context.getStartupFailure(),
                    "rpc.console.enabled is set (test), but org.springframework.boot:spring-boot-starter-websocket is"
                            + " not on the class path.",
                    "Add the dependency org.springframework.boot:spring-boot-starter-websocket, or remove the"
                            + " property."));
    }

    @Test
    void applicationWithoutServletsStopsTheStart() {
        RUNNER.withPropertyValues("rpc.console.enabled=true")
            .run((context) -> assertFailure(context.getStartupFailure(),
                    "rpc.console.enabled is true, but this is no servlet web application.",
                    "Set spring.main.web-application-type to servlet, or remove rpc.console.enabled."));
        SpringApplicationBuilder none = ConsoleServer.builder(List.of(TriedPlaces.class)).web(WebApplicationType.NONE);
        assertFailure(catchThrowable(() -> none.run(ConsoleServer.arguments("spring.main.web-application-type=none"))),
                "rpc.console.enabled is true, but this is no servlet web application:"
                        + " spring.main.web-application-type is none.",
                "Set spring.main.web-application-type to servlet, or remove rpc.console.enabled.");
    }

    @Test
    void serverThatIsOffStopsTheStart() {
        assertFailure(failureOf("rpc.server.enabled=false"),
                "rpc.console.enabled is true, but rpc.server.enabled is false: there is nothing to try.",
                "Remove rpc.server.enabled, or remove rpc.console.enabled.");
    }

    @ParameterizedTest
    @ValueSource(strings = { "0.0.0.0", "192.0.2.1" })
    void publicAddressWithoutSecurityStopsTheStart(String address) {
        assertFailure(failureOf("server.address=" + address, "server.servlet.context-path=/app"),
                "The RPC console would be open to everybody who reaches " + address
                        + " (server.address): nothing asks who they are at /app/rpc.",
                "Set server.address to 127.0.0.1, or add spring-boot-starter-security and have it ask at /rpc/**, or"
                        + " set rpc.console.allow-public to true if something else keeps strangers out.");
    }

    @Test
    void publicAddressIsServedIfSomebodyInsists() throws Exception {
        try (ConsoleServer server = ConsoleServer.start(List.of(TriedPlaces.class), "server.address=0.0.0.0",
                "rpc.console.allow-public=true")) {
            assertThat(server.get("/rpc/session", "X-Forwarded-For", "192.0.2.1").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whatComesThroughAProxyIsRefusedUnlessTheProxyIsNamed() throws Exception {
        try (ConsoleServer server = ConsoleServer.start(List.of(TriedPlaces.class), "server.address=127.0.0.1")) {
            assertThat(server.get("/rpc/session").statusCode()).isEqualTo(200);
            HttpResponse<String> refused = server.get("/rpc/session", "X-Forwarded-For", "192.0.2.1");
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).isEqualTo("The RPC console is served to this machine only, and this came through"
                    + " a proxy. If it is to be so, add the proxy's name to rpc.console.allowed-hosts, and have web"
                    + " security keep strangers out.\n");
        }
        try (ConsoleServer server = ConsoleServer.start(List.of(TriedPlaces.class), "server.address=127.0.0.1",
                "rpc.console.allowed-hosts=console.example.com")) {
            assertThat(server.get("/rpc/session", "X-Forwarded-For", "192.0.2.1").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void startIsStoppedAlsoWhereBeansAreLazy() {
        assertThat(failureOf("server.address=0.0.0.0", "spring.main.lazy-initialization=true")).isNotNull();
        assertFailure(failureOf("rpc.server.enabled=false", "spring.main.lazy-initialization=true"),
                "rpc.console.enabled is true, but rpc.server.enabled is false: there is nothing to try.",
                "Remove rpc.server.enabled, or remove rpc.console.enabled.");
    }

    @Test
    void startSaysWhereItIs(CapturedOutput output) {
        try (ConsoleServer server = ConsoleServer.start(List.of(TriedPlaces.class), "server.address=127.0.0.1",
                "server.servlet.context-path=/app", "rpc.console.path=/try")) {
            assertThat(output).containsOnlyOnce("RPC console: http://localhost:" + server.port() + "/app/try/\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "rpc", "/", "/rpc/", "/a b", "/a/../b", "/*", "//rpc", "" })
    void pathThatIsNoneStopsTheStart(String path) {
        assertFailure(failureOf("rpc.console.path=" + path), null, null);
    }

    @Test
    void valuesOutOfRangeStopTheStart() {
        assertFailure(failureOf("rpc.console.path=rpc"),
                "rpc.console.path is 'rpc', which is no path below the context path.",
                "Set rpc.console.path to a path that begins with a slash and does not end with one, such as /rpc.");
        assertFailure(failureOf("rpc.console.limits.calls=0"), "rpc.console.limits.calls is 0, which is less than 1.",
                "Set rpc.console.limits.calls to 1 or more, such as 20.");
        assertFailure(failureOf("rpc.console.limits.message-size=0"),
                "rpc.console.limits.message-size is 0B, which is not from 1B to 2147483647B.",
                "Set rpc.console.limits.message-size to a size from 1B to 2147483647B, such as 1MB.");
        assertFailure(failureOf("rpc.console.allowed-hosts=http://x"),
                "rpc.console.allowed-hosts has 'http://x', which is no name of a host.",
                "Write names without scheme and port, such as console.example.com.");
    }

    /** Tabs do not hold up the way out, and their calls have the server's time to end. */
    @Test
    void stopsWithOpenTabs() {
        List<Thread> others = threads();
        ConsoleServer server = ConsoleServer.start(List.of(TriedPlaces.class), "rpc.server.shutdown.grace=100ms");
        TriedPlaces places = server.bean(TriedPlaces.class);
        List<Browser> tabs = Stream.generate(server::open).limit(5).toList();
        tabs.forEach((tab) -> calls().forEach((call) -> tab.start(call, "Find", "{'name':'wait'}", "")));
        tabs.forEach((tab) -> calls().forEach((call) -> tab.await("running", call)));
        await().until(() -> places.waiting.get() == 50);
        server.close();
        assertThat(tabs).allSatisfy((tab) -> {
            assertThat(tab.closeCode()).isEqualTo(1001);
            assertThat(calls()).allSatisfy(
                    (call) -> assertThat(tab.await("end", call).getAsJsonObject("status").get("name").getAsString())
                        .isEqualTo("UNAVAILABLE"));
        });
        await().untilAsserted(() -> assertThat(places.interrupted).hasValue(50));
        await().untilAsserted(() -> assertThat(threads()).isSubsetOf(others));
    }

    private static Stream<Integer> calls() {
        return IntStream.rangeClosed(1, 10).boxed();
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces()
            .keySet()
            .stream()
            .filter((thread) -> thread.getName().contains("rpc-console"))
            .toList();
    }

    private static Throwable failureOf(String... properties) {
        return catchThrowable(() -> ConsoleServer.start(List.of(TriedPlaces.class), properties).close());
    }

    private static void assertFailure(@Nullable Throwable failure, @Nullable String description,
            @Nullable String action) {
        assertThat(failure).isNotNull();
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        assertThat(root).isInstanceOfSatisfying(RpcConfigurationException.class, (ex) -> {
            if (description != null) {
                assertThat(ex.description()).isEqualTo(description);
                assertThat(ex.action()).isEqualTo(action);
            }
        });
    }

}
