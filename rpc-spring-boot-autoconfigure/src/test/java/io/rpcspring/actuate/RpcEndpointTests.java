package io.rpcspring.actuate;

import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

import io.grpc.CallOptions;
import io.grpc.Status.Code;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.jmx.JmxEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;

import io.rpcspring.RpcContext;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.pool.PoolStatistics;
import io.rpcspring.server.security.RpcAuthentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What {@code /actuator/rpc} shows and changes.
 */
class RpcEndpointTests {

    private static final String PLACES = "places.v1.Places";

    private static final PlaceName STUCK = PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();

    private final ApplicationContextRunner runner = Exposed.runner().withBean(BusyPlaces.class);

    private final ApplicationContextRunner small = this.runner.withPropertyValues("rpc.server.pools.default.size=1",
            "rpc.server.pools.default.type=platform", "rpc.server.pools.default.queue-capacity=5",
            "management.endpoint.rpc.access=unrestricted");

    @Test
    void showsTheServerAndWhatItServes() {
        this.runner
            .withPropertyValues("rpc.server.services.[places.v1.Places].methods.Within.pool=streams",
                    "rpc.server.limits.resets=7", "rpc.server.pools.quick.type=direct")
            .run((context) -> {
                RpcReport report = new Exposed(context).report();
                assertThat(report.server().state()).isEqualTo("running");
                assertThat(report.server().doors()).singleElement().asString().matches("\\*:[0-9]+");
                assertThat(report.server().limits()).containsKeys("limits", "connection", "keep-alive", "shutdown");
                assertThat(report.server().limits().get("limits")).asString().contains("resets=7");
                assertThat(report.services().keySet()).containsExactly(PLACES, "grpc.health.v1.Health");
                RpcReport.Service places = new Exposed(context).service(PLACES);
                assertThat(places.bean()).isEqualTo("busyPlaces");
                assertThat(places.inRotation()).isTrue();
                assertThat(places.methods()).containsEntry("Find",
                        new RpcReport.Method("UNARY", "default", "permit-all", List.of()));
                assertThat(places.methods()).containsEntry("Within",
                        new RpcReport.Method("SERVER_STREAMING", "streams", "permit-all", List.of()));
                assertThat(new Exposed(context).service("grpc.health.v1.Health").methods()).containsEntry("Check",
                        new RpcReport.Method("UNARY", null, null, List.of()));
                assertThat(report.pools()).containsOnlyKeys("default", "quick", "streams");
                assertThat(new Exposed(context).pool("quick").type()).isEqualTo("direct");
                assertThat(new Exposed(context).pool("quick").figures()).isNull();
            });
    }

    @Test
    void showsWhoMayCallEachMethod() {
        ApplicationContextRunner secured = this.runner.withBean("keys", RpcAuthentication.class, () -> (call) -> null)
            .withPropertyValues("rpc.server.security.rules.[places.v1.Places].access=hasRole('traveller')",
                    "rpc.server.security.rules.[places.v1.Places].methods.Within=permit-all",
                    "rpc.server.security.rules.[places.v1.Places].methods.Travel=isAuthenticated() and #call.peer() != null",
                    "rpc.server.reflection.enabled=true");
        secured.run((context) -> assertThat(access(context)).isEqualTo(Map.of("Find", "hasRole('traveller')", "Within",
                "permit-all", "Travel", "isAuthenticated() and #call.peer() != null", "Notes", "hasRole('traveller')",
                "ServerReflectionInfo", "authenticated")));
        secured.withPropertyValues("rpc.server.security.default-access=deny-all")
            .withBean(Everybody.class)
            .run((context) -> assertThat(access(context))
                .containsEntry("Within", "permit-all, and the AuthorizationManager beans")
                .containsEntry("ServerReflectionInfo", "deny-all, and the AuthorizationManager beans"));
    }

    /** By the bare names of those methods that somebody may be kept from. */
    private static Map<String, String> access(ApplicationContext context) {
        Map<String, String> access = new TreeMap<>();
        new Exposed(context).report()
            .services()
            .values()
            .forEach((service) -> service.methods().forEach((name, method) -> {
                if (method.access() != null) {
                    access.put(name, method.access());
                }
            }));
        return access;
    }

    @Test
    void showsTheChannels() {
        this.runner
            .withPropertyValues("rpc.client.channels.places.deadline=20s",
                    "rpc.client.channels.places.methods.[places.v1.Places].retry.max-attempts=4",
                    "rpc.client.channels.places.metadata.token=secret", "rpc.client.channels.places.user-agent=me")
            .run((context) -> {
                PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"))
                    .find(PlaceName.getDefaultInstance());
                // A call may end a moment before its channel has the state.
                await().until(() -> new Exposed(context).report().channels().get(0).state().equals("READY"));
                RpcReport.Channel channel = new Exposed(context).report().channels().get(0);
                assertThat(channel.name()).isEqualTo("places");
                assertThat(channel.target()).isEqualTo("localhost:" + context.getBean(RpcServer.class).port());
                assertThat(channel.addresses()).isNotEmpty().allMatch((address) -> address.contains("localhost"));
                assertThat(channel.state()).isEqualTo("READY");
                assertThat(channel.users()).isEqualTo(1);
                assertThat(channel.connections()).isEqualTo(1);
                assertThat(channel.methods()).containsEntry("deadline", "PT20S");
                assertThat(channel.methods().get("methods.places.v1.Places")).asString().contains("max-attempts=4");
                assertThat(channel.settings()).containsEntry("user-agent", "******")
                    .containsEntry("metadata", Map.of("token", "******"));
            });
    }

    @Test
    void settingsAreShownToThoseWhoMaySeeThem() {
        ApplicationContextRunner authorized = this.runner.withPropertyValues(
                "management.endpoint.rpc.show-values=when-authorized", "management.endpoint.rpc.roles=operator",
                "rpc.client.channels.places.user-agent=me", "rpc.client.channels.places.metadata.token=secret");
        authorized.run((context) -> {
            Exposed exposed = new Exposed(context);
            assertThat(userAgent(exposed.report())).isEqualTo("******");
            RpcReport shown = exposed.get(RpcReport.class, "rpc", new Operator());
            assertThat(userAgent(shown)).isEqualTo("me");
            assertThat(shown.channels().get(0).settings()).containsEntry("metadata", Map.of("token", "******"));
        });
        authorized
            .withBean(SanitizingFunction.class,
                    () -> (data) -> data.getKey().equals("rpc.client.channels.places.user-agent")
                            ? data.withValue("hidden") : data)
            .run((context) -> assertThat(userAgent(new Exposed(context).get(RpcReport.class, "rpc", new Operator())))
                .isEqualTo("hidden"));
    }

    private static @Nullable Object userAgent(RpcReport report) {
        return report.channels().get(0).settings().get("user-agent");
    }

    @Test
    void showsInterceptorsInOrder() {
        this.runner.withBean(LiveCallsTests.Started.class)
            .run((context) -> assertThat(new Exposed(context).service(PLACES).methods()).containsEntry("Find",
                    new RpcReport.Method("UNARY", "default", "permit-all",
                            List.of("io.rpcspring.actuate.LiveCallsTests$Started"))));
    }

    @Test
    void showsTheCallsThatRunAndThoseThatWait() {
        this.small.withPropertyValues("rpc.server.shutdown.grace=0s").run((context) -> {
            try (Connection connection = Connection.to(context)) {
                Exposed exposed = new Exposed(context);
                List<CompletableFuture<Ended>> calls = stuck(2, connection);
                await()
                    .until(() -> exposed.calls().count() == 2 && context.getBean(BusyPlaces.class).entered.get() == 1);
                List<LiveReport.Call> live = exposed.calls().calls();
                assertThat(live).allMatch((call) -> call.method().equals("places.v1.Places/Find")
                        && "default".equals(call.pool()) && call.age().compareTo(Duration.ofSeconds(30)) < 0
                        && Objects.requireNonNull(call.peer()).contains("127.0.0.1"));
                assertThat(live).extracting(LiveReport.Call::stage).containsExactlyInAnyOrder("running", "waiting");
                assertThat(live).extracting(LiveReport.Call::thread).containsExactlyInAnyOrder("rpc-default-1", null);
                Duration before = live.get(0).age();
                await().until(() -> exposed.calls().calls().get(0).age().compareTo(before) > 0);
                context.getBean(BusyPlaces.class).release.countDown();
                assertThat(Flood.codes(Flood.ends(calls))).containsOnlyKeys(Code.OK);
                await().until(() -> exposed.calls().count() == 0);
            }
        });
    }

    @Test
    void callsThatTheDrainWaitsForAreDrained() {
        this.small.run((context) -> {
            try (Connection connection = Connection.to(context)) {
                Exposed exposed = new Exposed(context);
                List<CompletableFuture<Ended>> calls = stuck(1, connection);
                await().until(() -> context.getBean(BusyPlaces.class).entered.get() == 1);
                RpcServer server = context.getBean(RpcServer.class);
                Thread stop = new Thread(server::stop);
                stop.start();
                await().until(() -> exposed.report().server().state().equals("draining"));
                assertThat(exposed.calls().calls()).singleElement()
                    .satisfies((call) -> assertThat(call.stage()).isEqualTo("drained"))
                    .satisfies((call) -> assertThat(call.thread()).isEqualTo("rpc-default-1"));
                context.getBean(BusyPlaces.class).release.countDown();
                assertThat(Flood.codes(Flood.ends(calls))).containsOnlyKeys(Code.OK);
                stop.join(10_000);
                assertThat(exposed.report().server()).extracting(RpcReport.Server::state, RpcReport.Server::doors)
                    .containsExactly("stopped", List.of());
                assertThat(exposed.calls().count()).isZero();
            }
        });
    }

    private static List<CompletableFuture<Ended>> stuck(int calls, Connection connection) {
        return Flood.start(calls, connection.channel(), PlacesGrpc.getFindMethod(), STUCK, CallOptions.DEFAULT);
    }

    @Test
    void changesNothingUnlessItMay() {
        this.runner.run((context) -> {
            assertThat(new Exposed(context).webOperations()).containsExactly("GET rpc", "GET rpc/{part}");
            assertThat(new Exposed(context).jmxOperations()).containsExactly("part[part]", "rpc[]");
        });
        this.small.run((context) -> {
            assertThat(new Exposed(context).webOperations()).containsExactly("GET rpc", "GET rpc/{part}",
                    "POST rpc/{kind}/{name}");
            assertThat(new Exposed(context).jmxOperations()).containsExactly("change[kind, name, size, inRotation]",
                    "part[part]", "rpc[]");
        });
    }

    /** As a tool does that sees the MBeans of the process. */
    @Test
    void answersAndChangesByJmx() {
        this.small
            .withConfiguration(AutoConfigurations.of(JmxAutoConfiguration.class, JacksonAutoConfiguration.class,
                    JmxEndpointAutoConfiguration.class))
            .withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=rpc",
                    "management.endpoints.jmx.domain=rpc.jmx.tests", "management.endpoints.web.exposure.include=health")
            .run((context) -> {
                MBeanServer beans = context.getBean(MBeanServer.class);
                ObjectName rpc = new ObjectName("rpc.jmx.tests:type=Endpoint,name=Rpc");
                assertThat(beans.invoke(rpc, "rpc", new Object[0], new String[0]))
                    .extracting("server.state", "pools.default.figures.size")
                    .containsExactly("running", 1);
                assertThat(beans.invoke(rpc, "part", new Object[] { "calls" }, new String[] { "java.lang.String" }))
                    .isEqualTo(Map.of("count", 0, "calls", List.of()));
                assertThat(beans.invoke(rpc, "part", new Object[] { "nothing" }, new String[] { "java.lang.String" }))
                    .isNull();
                String[] types = { "java.lang.String", "java.lang.String", "java.lang.Integer", "java.lang.Boolean" };
                assertThat(beans.invoke(rpc, "change", new Object[] { "pools", "default", 7, null }, types))
                    .extracting("figures.size")
                    .isEqualTo(7);
                assertThatExceptionOfType(ReflectionException.class)
                    .isThrownBy(() -> beans.invoke(rpc, "change", new Object[] { "pools", "default", 0, null }, types))
                    .withStackTraceContaining("A pool of 0 would run nothing: the least is 1.");
            });
    }

    @Test
    void whatIsNotThereIsNotFound() {
        this.small.run((context) -> {
            assertThat(new Exposed(context).invoke("GET rpc/{part}", SecurityContext.NONE, "part", "nothing")).isNull();
            assertThat(new Exposed(context).post("doors", "x", "size", 1)).isNull();
        });
    }

    @Test
    void resizedPoolRunsWhatWaits() {
        this.small.run((context) -> {
            try (Connection connection = Connection.to(context)) {
                BusyPlaces places = context.getBean(BusyPlaces.class);
                List<CompletableFuture<Ended>> calls = stuck(4, connection);
                await().until(() -> places.entered.get() == 1);
                RpcReport.Pool pool = (RpcReport.Pool) Objects
                    .requireNonNull(new Exposed(context).post("pools", "default", "size", "4"));
                assertThat(Objects.requireNonNull(pool.figures()).size()).isEqualTo(4);
                await().until(() -> places.entered.get() == 4);
                new Exposed(context).post("pools", "default", "size", 2);
                places.release.countDown();
                assertThat(Flood.codes(Flood.ends(calls))).containsOnlyKeys(Code.OK);
                PoolStatistics now = new Exposed(context).pool("default").figures();
                assertThat(Objects.requireNonNull(now).size()).isEqualTo(2);
                connection.find("1");
            }
        });
    }

    @Test
    void whatCannotBeChangedIsRefusedWithWords() {
        this.small
            .withPropertyValues("rpc.server.pools.wise.concurrency-limit=adaptive", "rpc.server.pools.wise.size=50",
                    "rpc.server.pools.quick.type=direct")
            .run((context) -> {
                Exposed exposed = new Exposed(context);
                assertRefused(() -> exposed.post("pools", "quick", "size", 1),
                        "No pool 'quick' has threads. Pools: default, streams, wise.");
                assertRefused(() -> exposed.post("pools", "default", "size", 0),
                        "A pool of 0 would run nothing: the least is 1.");
                assertRefused(() -> exposed.post("pools", "wise", "size", 10),
                        "Pool 'wise' has an adaptive limit, which finds its size by itself. Configure"
                                + " rpc.server.pools.wise.size for the most that it may be.");
                assertRefused(() -> exposed.post("pools", "default", "inRotation", true), "'size' is missing.");
                assertRefused(() -> exposed.post("services", "places.v1.Place", "inRotation", true),
                        "No service 'places.v1.Place' is served. Served: places.v1.Places.");
            });
        this.small.withPropertyValues("rpc.server.health.enabled=false")
            .run((context) -> assertRefused(() -> new Exposed(context).post("services", PLACES, "inRotation", false),
                    "There is no health service: add the dependency io.grpc:grpc-services, and leave"
                            + " rpc.server.health.enabled true."));
    }

    private static void assertRefused(ThrowingCallable change, String why) {
        assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(change).withMessage(why);
    }

    @Test
    void applicationWithoutServerShowsItsChannels() {
        this.runner.withPropertyValues("rpc.server.enabled=false", "rpc.client.channels.places.target=nowhere:1")
            .run((context) -> {
                RpcReport report = new Exposed(context).report();
                assertThat(report.server().state()).isEqualTo("stopped");
                assertThat(report.channels()).hasSize(1);
                assertThat(new Exposed(context).calls().count()).isZero();
            });
    }

    @Test
    void isThereOnlyIfExposed() {
        this.runner.withPropertyValues("management.endpoints.web.exposure.include=health")
            .run((context) -> assertThat(context).hasNotFailed()
                .doesNotHaveBean(RpcEndpoint.class)
                .doesNotHaveBean(ServerView.class));
    }

    @Test
    void withoutActuatorNothingIsLoaded() {
        StarterRunner.withServerOnFreePort()
            .withBean(BusyPlaces.class)
            .withClassLoader(
                    new FilteredClassLoader("org.springframework.boot.actuate", "org.springframework.boot.health"))
            .run((context) -> {
                assertThat(context).hasNotFailed()
                    .doesNotHaveBean(RpcEndpoint.class)
                    .doesNotHaveBean(RpcVersions.class);
                assertThat(context.getBeanDefinitionNames()).noneMatch((name) -> name.contains("RpcActuator"));
            });
    }

    @Test
    void withoutHealthServiceTheRestIsShown() {
        this.runner
            .withClassLoader(new FilteredClassLoader("io.grpc.health", "io.grpc.protobuf.services",
                    "org.springframework.boot.health"))
            .run((context) -> assertThat(new Exposed(context).service(PLACES).inRotation()).isNull());
    }

    /** Somebody who may see settings. */
    private static final class Operator implements SecurityContext {

        @Override
        public Principal getPrincipal() {
            return () -> "operator";
        }

        @Override
        public boolean isUserInRole(String role) {
            return role.equals("operator");
        }

    }

    /** Lets everybody, as far as it is asked. */
    static final class Everybody implements AuthorizationManager<RpcContext> {

        @Override
        public AuthorizationDecision authorize(Supplier<? extends @Nullable Authentication> caller, RpcContext call) {
            return new AuthorizationDecision(true);
        }

    }

}
