package io.rpcspring.test;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.grpc.stub.MetadataUtils;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.TestContextManager;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.client.RuntimeChannel;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.clock.ClockGrpc.ClockBlockingStub;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.pool.PoolStatistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A whole application that is called within the JVM, and that is configured as in
 * production.
 */
@SpringBootTest(classes = InProcessRpcTests.Application.class, properties = { "rpc.server.port=1",
        "rpc.server.unix-socket=/no/such/folder/socket", "rpc.server.ssl.bundle=no-such-bundle",
        "rpc.server.limits.message-size=1MB", "rpc.server.limits.metadata-size=4KB", "rpc.server.pools.small.size=1",
        "rpc.server.pools.small.queue-capacity=1", "rpc.server.services.[places.v1.Places].methods.Find.pool=small",
        "rpc.client.defaults.deadline=30s", "rpc.client.defaults.retry.max-attempts=3",
        "rpc.client.defaults.retry.initial-backoff=1ms", "rpc.client.channels.far.target=dns:///no-such-host:1",
        "rpc.client.channels.far.connect=required", "rpc.client.channels.far.ssl.bundle=no-such-bundle",
        "rpc.client.channels.far.deadline=50ms", "rpc.client.channels.mine.max-inbound-message-size=64B",
        "rpc.client.channels.mine.target=localhost:${local.rpc.server.port}" })
@InProcessRpc
class InProcessRpcTests {

    private final PlacesBlockingStub places;

    @Autowired
    @SuppressWarnings("NullAway.Init") // set by Spring
    private ApplicationContext context;

    @RpcClient("places")
    @SuppressWarnings("NullAway.Init") // set by Spring
    private PlacesBlockingStub field;

    InProcessRpcTests(@RpcClient("places") PlacesBlockingStub places) {
        this.places = places;
    }

    @Test
    void callsGoToThePoolsThroughTheInterceptors(@RpcClient("places") PlacesBlockingStub parameter) {
        Place found = this.places.find(name("Zurich"));
        assertThat(found.getName()).isEqualTo("Zurich");
        assertThat(found.getZone()).startsWith("rpc-small-");
        assertThat(this.field.getChannel()).isSameAs(parameter.getChannel()).isSameAs(this.places.getChannel());
        assertThat(parameter.within(Area.newBuilder().setRadiusKm(2).build())).toIterable().hasSize(2);
        assertThat(this.context.getBean(Trail.class).last.get()).isEqualTo("client places, server");
    }

    @Test
    void noDoorIsOpenButTheOneWithinTheJvm() {
        RpcServer server = this.context.getBean(RpcServer.class);
        assertThat(server.port()).isEqualTo(-1);
        assertThat(server.report().doors()).singleElement().asString().startsWith("in-process:");
    }

    @Test
    void failedCallsAreTriedAgainAsConfigured() {
        TriedPlaces tried = this.context.getBean(TriedPlaces.class);
        int before = tried.attempts();
        assertThat(this.places.find(name(TriedPlaces.FLAKY)).getName()).isEqualTo(TriedPlaces.FLAKY);
        assertThat(tried.attempts() - before).isEqualTo(3);
    }

    @Test
    void deadlinesCountFromTheChannelOfTheCall(@RpcClient("far") PlacesBlockingStub far) {
        assertFails(() -> far.find(name(TriedPlaces.STUCK)), Status.Code.DEADLINE_EXCEEDED, "");
    }

    @Test
    void requestsAndResponsesHaveTheLimitsOfTheNetwork(@RpcClient("mine") PlacesBlockingStub mine) {
        assertFails(() -> this.places.find(name("x".repeat(1 << 20))), Status.Code.RESOURCE_EXHAUSTED,
                "gRPC message exceeds maximum size 1048576: 1048580");
        assertFails(() -> this.places.find(name("")), Status.Code.RESOURCE_EXHAUSTED,
                "gRPC message exceeds maximum size 4194304: 52");
        assertThat(mine.within(Area.newBuilder().setRadiusKm(1).build()).next().getName()).isEqualTo("Place 0");
        assertFails(() -> mine.find(name("x".repeat(64))), Status.Code.RESOURCE_EXHAUSTED,
                "gRPC message exceeds maximum size 64: ");
        Metadata large = new Metadata();
        large.put(Metadata.Key.of("large", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(4 << 10));
        assertFails(() -> this.places.withInterceptors(attach(large)).find(name("Zurich")),
                Status.Code.RESOURCE_EXHAUSTED, "Request metadata larger than 4096");
    }

    @Test
    void fullPoolRefuses() {
        PlacesGrpc.PlacesFutureStub future = PlacesGrpc.newFutureStub(this.places.getChannel());
        List<ListenableFuture<Place>> stuck = List.of(future.find(name(TriedPlaces.STUCK)),
                future.find(name(TriedPlaces.STUCK)));
        try {
            await().until(() -> small().running() == 1 && small().waiting() == 1);
            assertFails(() -> this.places.withDeadlineAfter(9, TimeUnit.SECONDS).find(name("Zurich")),
                    Status.Code.RESOURCE_EXHAUSTED, "pool 'small' is full (1 running, 1 waiting)");
        }
        finally {
            stuck.forEach((call) -> call.cancel(true));
            // Also the end of the call that was refused is heard of.
            await().until(() -> this.context.getBean(RpcServer.class).report().calls() == 0);
        }
    }

    private PoolStatistics small() {
        return Objects.requireNonNull(this.context.getBean(RpcServer.class).poolStatistics().get("small"));
    }

    @Test
    void whatIsNotServedHereGoesToTheTarget(@RpcClient("far") ClockBlockingStub clock) {
        assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> clock.timeAt(name("Zurich")))
            .withMessageContaining("no-such-bundle");
    }

    @Test
    void servicesOfTheFrameworkAreServedHere(@RpcClient("anything") HealthBlockingStub health) {
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void channelsOpenedAtRunTimeTakeTheSameWay() {
        try (RuntimeChannel channel = this.context.getBean(RpcChannels.class).open("dns:///no-such-host:1")) {
            assertThat(PlacesGrpc.newBlockingStub(channel).find(name("Zurich")).getName()).isEqualTo("Zurich");
        }
    }

    @Test
    void calledOverAnotherServersPortItIsAnotherServer() {
        try (PlacesServer other = PlacesServer.start(TriedPlaces.class); Connection connection = other.connection()) {
            assertThat(connection.find("Zurich").getCountries(0)).startsWith("/127.0.0.1");
            assertThat(this.places.find(name("Zurich")).getCountries(0)).doesNotContain("127.0.0.1");
        }
    }

    private static ApplicationContext outer() {
        return new TestContextManager(InProcessRpcTests.class).getTestContext().getApplicationContext();
    }

    private static ClientInterceptor attach(Metadata headers) {
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    private static PlaceName name(String name) {
        return PlaceName.newBuilder().setName(name).build();
    }

    private static void assertFails(ThrowingCallable call, Status.Code code, String text) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call).satisfies((failure) -> {
            assertThat(failure.getStatus().getCode()).isEqualTo(code);
            assertThat(failure.getStatus().getDescription()).contains(text);
        });
    }

    /** A nested class shares the server of the class around it. */
    @Nested
    class Inside {

        @Test
        void theSameServerAnswers(@Autowired ApplicationContext inner, @RpcClient("places") PlacesBlockingStub places) {
            assertThat(inner).isSameAs(outer());
            assertThat(places.find(name("Zurich")).getName()).isEqualTo("Zurich");
        }

    }

    /** Another profile is another context, with a server of its own. */
    @Nested
    @ActiveProfiles("other")
    class WithAnotherProfile {

        @Test
        void anotherServerAnswers(@Autowired ApplicationContext inner, @RpcClient("places") PlacesBlockingStub places) {
            assertThat(inner).isNotSameAs(outer());
            int before = inner.getBean(TriedPlaces.class).attempts();
            places.find(name(TriedPlaces.FLAKY));
            assertThat(inner.getBean(TriedPlaces.class).attempts() - before).isEqualTo(3);
        }

    }

    /** The application under test. */
    @Configuration(proxyBeanMethods = false)
    @Import({ RpcTestAutoConfigurations.class, TriedPlaces.class, Trail.class })
    static class Application {

        @Bean
        @RpcInterceptor
        ClientInterceptor clientTrail(Trail trail) {
            return new ClientInterceptor() {

                @Override
                public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options,
                        Channel next) {
                    trail.last.set("client places");
                    return next.newCall(method, options);
                }

            };
        }

        @Bean
        @RpcInterceptor
        ServerInterceptor serverTrail(Trail trail) {
            return new ServerInterceptor() {

                @Override
                public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                        ServerCallHandler<Q, R> next) {
                    trail.last.updateAndGet((client) -> client + ", server");
                    return next.startCall(call, headers);
                }

            };
        }

    }

    /** What the last call has passed. */
    static class Trail {

        final AtomicReference<String> last = new AtomicReference<>("");

    }

}
