package io.rpcspring.client.discovery;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InternalEquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationContext;
import reactor.core.publisher.Flux;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Where a channel finds its servers that a service registry knows.
 */
@ExtendWith(OutputCaptureExtension.class)
class CloudDirectoryTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final String CHANNEL = "rpc.client.channels.places.";

    @RegisterExtension
    private final RecordingServer server = RecordingServer.start();

    @RegisterExtension
    private final RecordingServer other = RecordingServer.start();

    private final Registry registry = new Registry();

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withBean(Registry.class, () -> this.registry)
        .withPropertyValues(CHANNEL + "target=discovery:///places", CHANNEL + "reconnect.max-backoff=100ms");

    @Test
    void portIsThatOfGrpcInTheMetadata() {
        this.registry.put("places", grpc(this.server), grpc(this.other));
        this.runner.run((context) -> {
            calling(context).until(() -> !this.server.calls.isEmpty() && !this.other.calls.isEmpty());
            assertThat(this.server.lastCall().authority()).isEqualTo("places");
        });
    }

    @Test
    void anotherKeyCanHaveThePort() {
        this.registry.put("places", Map.of("port.grpc", String.valueOf(this.server.port())));
        this.runner.withPropertyValues(CHANNEL + "discovery.port-key=port.grpc").run((context) -> {
            find(context);
            assertThat(this.server.calls).hasSize(1);
        });
        this.runner.withPropertyValues("rpc.client.defaults.discovery.port-key=")
            .run((context) -> assertThat(context).getFailure()
                .hasMessage("rpc.client.defaults.discovery.port-key is empty (test). Give it a value, or remove it."));
    }

    @Test
    void portOfHttpIsNeverTaken(CapturedOutput output) {
        this.registry.put("places", Map.of(), Map.of("gRPC_port", "http"), Map.of("gRPC_port", "65536"));
        this.runner.run((context) -> {
            assertThat(fail(context)).hasMessage("UNAVAILABLE: no instance of 'places' can be called:"
                    + " 127.0.0.1:1 has no gRPC_port in its metadata;"
                    + " 127.0.0.1:2 has the gRPC_port 'http' in its metadata, which is no port;"
                    + " 127.0.0.1:3 has the gRPC_port '65536' in its metadata, which is no port"
                    + " [channel 'places' to discovery:///places]");
            fail(context);
        });
        assertThat(lines(output, "leaves out")).satisfiesExactly(
                (line) -> assertThat(line).endsWith("The channel 'places' to discovery:///places leaves out an"
                        + " instance of 'places': 127.0.0.1:1 has no gRPC_port in its metadata"),
                (line) -> assertThat(line).contains("127.0.0.1:2"), (line) -> assertThat(line).contains("127.0.0.1:3"));
    }

    @Test
    void instanceThatSpeaksAnotherProtocolIsLeftOutWithOneWarning(CapturedOutput output) {
        Map<String, String> encrypted = Map.of("gRPC_port", String.valueOf(this.other.port()), "gRPC_tls", "true");
        Map<String, String> plain = Map.of("gRPC_port", String.valueOf(this.server.port()), "gRPC_tls", "false");
        this.registry.put("places", encrypted, plain);
        this.runner.run((context) -> {
            for (int i = 0; i < 3; i++) {
                find(context);
                beat(context);
            }
            int asked = this.registry.asked();
            await().until(() -> this.registry.asked() >= Math.max(asked, 2));
            assertThat(this.other.calls).isEmpty();
        });
        assertThat(lines(output, "leaves out")).satisfiesExactly((line) -> assertThat(line).contains("WARN")
            .endsWith("leaves out an instance of 'places':"
                    + " 127.0.0.1:1 has gRPC_tls: true in its metadata, but the channel speaks plain text"));
        this.registry.put("places", plain);
        this.runner.withPropertyValues(CHANNEL + "ssl.enabled=true")
            .run((context) -> assertThat(fail(context))
                .hasMessageContaining("127.0.0.1:1 has gRPC_tls: false in its metadata, but the channel speaks TLS"));
    }

    @Test
    void heartbeatTellsOfAnotherPortThoughThatOfHttpStays() {
        this.registry.put("places", grpc(this.server));
        this.runner.run((context) -> {
            find(context);
            this.registry.put("places", grpc(this.other));
            beat(context);
            calling(context).atMost(Duration.ofSeconds(5)).until(() -> !this.other.calls.isEmpty());
        });
    }

    @Test
    void intervalTellsWhereThereIsNoHeartbeat() {
        this.registry.put("places", grpc(this.server));
        this.runner.withPropertyValues(CHANNEL + "resolve-interval=1s").run((context) -> {
            find(context);
            this.registry.put("places", grpc(this.other));
            calling(context).until(() -> !this.other.calls.isEmpty());
        });
    }

    @Test
    void applicationCanHaveItTryNow() {
        this.runner.withPropertyValues(CHANNEL + "reconnect.max-backoff=10m").run((context) -> {
            fail(context);
            this.registry.put("places", grpc(this.server));
            context.getBean(RpcChannels.class).refresh();
            calling(context).atMost(Duration.ofSeconds(5)).until(() -> !this.server.calls.isEmpty());
        });
    }

    @Test
    void lastAddressesStayWhileTheRegistryIsAway(CapturedOutput output) {
        this.registry.put("places", grpc(this.server));
        this.runner.run((context) -> {
            find(context);
            this.registry.away(true);
            askAndFind(context);
            askAndFind(context);
            this.registry.away(false);
            askAndFind(context);
            await().until(() -> !lines(output, "again").isEmpty());
            // One that has just been started knows nobody.
            this.registry.forget();
            askAndFind(context);
            await().until(() -> lines(output, "KnownServers").size() == 3);
        });
        String channel = "The channel 'places' to discovery:///places ";
        assertThat(lines(output, "KnownServers")).satisfiesExactly(
                (line) -> assertThat(line).contains("WARN")
                    .endsWith(channel + "keeps the 1 addresses that it has:"
                            + " the service registry does not answer: connection refused"),
                (line) -> assertThat(line).contains("INFO")
                    .endsWith(channel + "has addresses from the service registry again"),
                (line) -> assertThat(line).contains("WARN")
                    .endsWith(channel + "keeps the 1 addresses that it has:"
                            + " no instance of 'places' is registered; known: none"));
    }

    @Test
    void lastAddressesOutliveAChannelThatWasIdle() {
        this.registry.put("places", grpc(this.server));
        this.runner.withPropertyValues(CHANNEL + "idle-timeout=1s").run((context) -> {
            find(context);
            this.registry.away(true);
            RpcChannels channels = context.getBean(RpcChannels.class);
            await().until(() -> channels.reports().get(0).state() == ConnectivityState.IDLE);
            find(context);
        });
    }

    @Test
    void registryThatIsAwayAtStartIsOneWarning(CapturedOutput output) {
        this.registry.put("places", grpc(this.server)).away(true);
        this.runner.run((context) -> {
            assertThat(fail(context)).hasMessage("UNAVAILABLE: the service registry does not answer: connection refused"
                    + " [channel 'places' to discovery:///places: connection refused]");
            fail(context);
            this.registry.away(false);
            calling(context).until(() -> !this.server.calls.isEmpty());
        });
        assertThat(lines(output, "WARN")).filteredOn((line) -> line.contains("The channel"))
            .satisfiesExactly((line) -> assertThat(line).endsWith("The channel 'places' to discovery:///places has no"
                    + " connection: the service registry does not answer: connection refused;"
                    + " it keeps trying while calls come"));
    }

    @Test
    void unknownNameFailsAtOnceWithTheKnownOnes() {
        this.registry.put("places", grpc(this.server)).put("clock", grpc(this.other));
        this.runner.withPropertyValues(CHANNEL + "target=discovery:///plcaes", CHANNEL + "deadline=30s")
            .run((context) -> assertThat(fail(context)).hasMessage("UNAVAILABLE: no instance of 'plcaes' is registered;"
                    + " known: places, clock [channel 'places' to discovery:///plcaes]"));
    }

    @Test
    void fewOfManyNamesAreListed() {
        for (int i = 0; i < 30; i++) {
            this.registry.put("service" + i, grpc(this.server));
        }
        this.runner.withPropertyValues(CHANNEL + "target=discovery:///service")
            .run((context) -> assertThat(fail(context)).hasMessageContaining("; known: service0, service1, service2,"
                    + " service3, service4, service5, service6, service7, service8, service9, 20 more ["));
    }

    @Test
    void registryThatIsAskedWithoutBlockingWillDo() {
        this.registry.put("places", grpc(this.server));
        StarterRunner.withServerOnFreePort()
            .withBean(ReactiveDiscoveryClient.class, () -> new Reactive(this.registry))
            .withPropertyValues(CHANNEL + "target=discovery:///places")
            .run((context) -> find(context));
        assertThat(this.server.calls).hasSize(1);
    }

    @Test
    void withoutAnyRegistryCallsSaySo() {
        StarterRunner.withServerOnFreePort()
            .withPropertyValues(CHANNEL + "target=discovery:///places")
            .run((context) -> assertThat(fail(context)).hasMessage(
                    "UNAVAILABLE: there is no DiscoveryClient to ask: is Spring Cloud's discovery turned off, or is this"
                            + " the test of a slice? [channel 'places' to discovery:///places]"));
    }

    @Test
    void eachApplicationHasARegistryOfItsOwn() {
        this.registry.put("places", grpc(this.server));
        this.runner.run((context) -> {
            find(context);
            StarterRunner.withServerOnFreePort()
                .withBean(Registry.class, () -> new Registry().put("places", grpc(this.other)))
                .withPropertyValues(CHANNEL + "target=discovery:///places")
                .run((second) -> find(second));
            find(context);
        });
        assertThat(this.server.calls).hasSize(2);
        assertThat(this.other.calls).hasSize(1);
    }

    @Test
    void zonesAndWeightsReachThePolicy() {
        Attentive policy = new Attentive();
        LoadBalancerRegistry.getDefaultRegistry().register(policy);
        try {
            this.registry.put("places",
                    Map.of("gRPC_port", String.valueOf(this.server.port()), "zone", "north", "weight", "3"),
                    Map.of("gRPC_port", String.valueOf(this.other.port()), "weight", "heavy"));
            this.runner.withPropertyValues(CHANNEL + "load-balancing=attentive").run((context) -> find(context));
        }
        finally {
            LoadBalancerRegistry.getDefaultRegistry().deregister(policy);
        }
        List<EquivalentAddressGroup> seen = Objects.requireNonNull(policy.seen.peek());
        assertThat(seen).extracting((group) -> group.getAttributes().get(EquivalentAddressGroup.ATTR_LOCALITY_NAME))
            .containsExactly("north", null);
        assertThat(seen).extracting((group) -> group.getAttributes().get(InternalEquivalentAddressGroup.ATTR_WEIGHT))
            .containsExactly(3L, null);
    }

    @Test
    void serversThatGetNoCallAreWarnedOfAsSoonAsTheyAreKnown(CapturedOutput output) {
        this.registry.put("places", grpc(this.server), grpc(this.other));
        this.runner.withPropertyValues(CHANNEL + "load-balancing=pick_first").run((context) -> {
            find(context);
            beat(context);
            find(context);
        });
        assertThat(lines(output, "IdleServers")).satisfiesExactly((line) -> assertThat(line).contains("WARN")
            .endsWith("The channel 'places' to discovery:///places has 2 servers, but"
                    + " rpc.client.channels.places.load-balancing is pick_first: one of them gets all calls."
                    + " Set it to round_robin to use them all"));
    }

    @Test
    void targetMustNameAService() {
        for (String target : List.of("discovery:///", "discovery:places", "discovery:///places/find")) {
            this.runner.withPropertyValues(CHANNEL + "target=" + target)
                .run((context) -> assertThatExceptionOfType(RpcConfigurationException.class)
                    .isThrownBy(() -> context.getBean(RpcChannels.class).get("places"))
                    .withMessageStartingWith("rpc.client.channels.places.target is '" + target
                            + "', which cannot be used: it does not name a service, as discovery:///places does."));
        }
    }

    @Test
    void withoutSpringCloudTheStartFails() {
        this.runner.withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage("rpc.client.channels.places.target is 'discovery:///places', but Spring Cloud is not on the"
                        + " class path. Add the dependency of your registry, such as"
                        + " org.springframework.cloud:spring-cloud-starter-netflix-eureka-client, or set another"
                        + " target, such as dns:///places:9090."));
        StarterRunner.withServerOnFreePort()
            .withClassLoader(new FilteredClassLoader("org.springframework.cloud", "reactor"))
            .run((context) -> assertThat(context).hasNotFailed());
        StarterRunner.withServerOnFreePort()
            .withClassLoader(new FilteredClassLoader("reactor"))
            .run((context) -> assertThat(context).hasNotFailed());
    }

    private void askAndFind(ApplicationContext context) {
        int asked = this.registry.asked();
        beat(context);
        await().until(() -> this.registry.asked() > asked);
        find(context);
    }

    private static void beat(ApplicationContext context) {
        context.publishEvent(new HeartbeatEvent(context, "beat"));
    }

    private static Map<String, String> grpc(RecordingServer server) {
        return Map.of("gRPC_port", String.valueOf(server.port()));
    }

    private static List<String> lines(CapturedOutput output, String text) {
        return output.getOut().lines().filter((line) -> line.contains(text)).toList();
    }

    private static void find(ApplicationContext context) {
        assertThat(places(context).find(ZURICH).getName()).isEqualTo("Zurich");
    }

    private static Throwable fail(ApplicationContext context) {
        Throwable failure = catchThrowableOfType(StatusRuntimeException.class, () -> places(context).find(ZURICH));
        assertThat(Details.reason(failure)).isEqualTo("NO_ADDRESS");
        return failure;
    }

    private static ConditionFactory calling(ApplicationContext context) {
        PlacesGrpc.PlacesBlockingStub places = places(context);
        return await().pollInterval(Duration.ofMillis(20)).conditionEvaluationListener((condition) -> {
            try {
                assertThat(places.find(ZURICH).getName()).isEqualTo("Zurich");
            }
            catch (StatusRuntimeException ex) {
                // It is away.
            }
        });
    }

    private static PlacesGrpc.PlacesBlockingStub places(ApplicationContext context) {
        return PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"));
    }

    /** Asks the registry in another way. */
    private record Reactive(Registry registry) implements ReactiveDiscoveryClient {

        @Override
        public String description() {
            return "test";
        }

        @Override
        public Flux<ServiceInstance> getInstances(String service) {
            return Flux.fromIterable(this.registry.getInstances(service));
        }

        @Override
        public Flux<String> getServices() {
            return Flux.fromIterable(this.registry.getServices());
        }

    }

    /** Remembers the servers, and picks the first. */
    private static final class Attentive extends LoadBalancerProvider {

        private final ConcurrentLinkedQueue<List<EquivalentAddressGroup>> seen = new ConcurrentLinkedQueue<>();

        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public int getPriority() {
            return 5;
        }

        @Override
        public String getPolicyName() {
            return "attentive";
        }

        @Override
        public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
            LoadBalancer first = Objects
                .requireNonNull(LoadBalancerRegistry.getDefaultRegistry().getProvider("pick_first"))
                .newLoadBalancer(helper);
            return new LoadBalancer() {

                @Override
                public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
                    Attentive.this.seen.add(addresses.getAddresses());
                    return first
                        .acceptResolvedAddresses(addresses.toBuilder().setLoadBalancingPolicyConfig(null).build());
                }

                @Override
                public void handleNameResolutionError(Status error) {
                    first.handleNameResolutionError(error);
                }

                @Override
                public void requestConnection() {
                    first.requestConnection();
                }

                @Override
                public void shutdown() {
                    first.shutdown();
                }

            };
        }

    }

}
