package io.rpcspring.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.HealthWatch;
import io.rpcspring.fixture.ServerProcess;
import io.rpcspring.fixture.SlowPlaces;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * A whole application in a process of its own: it stays up, and ends when it is told to.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no SIGTERM")
public class ServerProcessTests {

    private static final int EXIT_CODE_OF_SIGTERM = 128 + 15;

    @Test
    void staysUpAfterMainHasReturnedAndEndsOnSigtermThoughClientsAreConnected() throws Exception {
        try (ServerProcess process = start();
                Connection connection = Connection.to("localhost:" + process.port());
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), process.port())) {
            assertThat(connection.find("0").getName()).isEqualTo("0");
            assertThat(silent.isConnected()).isTrue();
            assertThat(process.isAlive()).isTrue();
            process.terminate();
            assertThat(process.endsWithin(20)).as("ended").isTrue();
            assertThat(process.exitCode()).isEqualTo(EXIT_CODE_OF_SIGTERM);
        }
    }

    @Test
    void applicationWhoseServerIsOffSaysWhyItEnds() {
        assertThatThrownBy(() -> ServerProcess.start(Application.class, "rpc.server.enabled=false"))
            .hasMessageStartingWith("The application ended: ")
            .hasMessageContaining("No gRPC server was started, because rpc.server.enabled is false, and nothing else"
                    + " keeps the application running: it ends");
    }

    @WithLibrary("grpc-services")
    @Test
    void callInFlightIsAnsweredAndAnOpenWatchIsNotWaitedFor() throws Exception {
        try (ServerProcess process = start(); Connection connection = Connection.to("localhost:" + process.port())) {
            HealthWatch watch = HealthWatch.of(connection.channel(), "");
            await().until(() -> watch.next() == ServingStatus.SERVING);
            ListenableFuture<Place> call = find(connection.channel(), "1500");
            assertThat(connection.find("0").getName()).isEqualTo("0");
            long terminated = System.nanoTime();
            process.terminate();
            assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);
            long noticed = System.nanoTime();
            assertThat(call.get(10, TimeUnit.SECONDS).getName()).isEqualTo("1500");
            long answered = System.nanoTime();
            assertThat(process.endsWithin(20)).as("ended").isTrue();
            print("NOT_SERVING after", terminated, noticed);
            print("exit after the answer", answered, System.nanoTime());
        }
    }

    @Test
    void secondSignalCutsTheDrainShort() throws Exception {
        try (ServerProcess process = start("rpc.server.shutdown.grace=10m", "rpc.server.shutdown.delay=10m");
                Connection connection = Connection.to("localhost:" + process.port())) {
            ListenableFuture<Place> call = find(connection.channel(), "600000");
            assertThat(connection.find("0").getName()).isEqualTo("0");
            process.terminate();
            await().untilAsserted(() -> assertThat(process.output())
                .anyMatch((line) -> line.endsWith("gRPC server still takes calls for 600s; 1 call in flight")));
            process.terminate();
            assertThat(process.endsWithin(20)).as("ended").isTrue();
            assertThat(call).failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withMessageContaining("UNAVAILABLE: The server shuts down");
        }
    }

    @WithLibrary("grpc-services")
    @Tag("slow")
    @Test
    @Timeout(180)
    void rollingRestartFailsNoCall() throws Exception {
        List<CompletableFuture<ServerProcess>> started = new ArrayList<>(
                List.of(startAndAwaitHealth(), startAndAwaitHealth()));
        List<ServerProcess> servers = new ArrayList<>(started.stream().map(CompletableFuture::join).toList());
        Addresses addresses = new Addresses();
        addresses.set(servers);
        NameResolverRegistry.getDefaultRegistry().register(addresses);
        ManagedChannel channel = Grpc.newChannelBuilder("rolling:///places", InsecureChannelCredentials.create())
            .defaultLoadBalancingPolicy("round_robin")
            .defaultServiceConfig(Map.of("healthCheckConfig", Map.of("serviceName", "")))
            .build();
        AtomicBoolean loaded = new AtomicBoolean(true);
        AtomicInteger answered = new AtomicInteger();
        ConcurrentLinkedQueue<String> failed = new ConcurrentLinkedQueue<>();
        Thread load = new Thread(() -> {
            while (loaded.get()) {
                try {
                    PlacesGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(20, TimeUnit.SECONDS)
                        .find(PlaceName.newBuilder().setName("2").build());
                    answered.incrementAndGet();
                }
                catch (StatusRuntimeException ex) {
                    failed.add(ex.getMessage());
                }
            }
        });
        try {
            await().ignoreExceptions().until(() -> find(channel, "0").get().getName().equals("0"));
            load.start();
            await().until(() -> answered.get() > 100);
            for (int i = 0; i < servers.size(); i++) {
                ServerProcess old = servers.get(i);
                CompletableFuture<ServerProcess> next = startAndAwaitHealth();
                started.add(next);
                long terminated = System.nanoTime();
                old.terminate();
                assertThat(old.endsWithin(20)).as("ended").isTrue();
                print("drain", terminated, System.nanoTime());
                servers.set(i, next.join());
                addresses.set(servers);
                int before = answered.get();
                await().until(() -> answered.get() > before + 100);
            }
        }
        finally {
            loaded.set(false);
            load.join(30_000);
            channel.shutdownNow();
            NameResolverRegistry.getDefaultRegistry().deregister(addresses);
            started.forEach((each) -> each.thenAccept(ServerProcess::close).join());
        }
        assertThat(failed).isEmpty();
        System.out.println(answered + " calls answered");
    }

    private static void print(String what, long from, long to) {
        System.out.println(what + " " + Duration.ofNanos(to - from).toMillis() + " ms");
    }

    private static ListenableFuture<Place> find(ManagedChannel channel, String name) {
        return PlacesGrpc.newFutureStub(channel).find(PlaceName.newBuilder().setName(name).build());
    }

    private static ServerProcess start(String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("rpc.server.port=0");
        return ServerProcess.start(Application.class, all.toArray(new String[0]));
    }

    private static CompletableFuture<ServerProcess> startAndAwaitHealth() {
        return CompletableFuture.supplyAsync(() -> {
            ServerProcess process = start();
            try (Connection connection = Connection.to("localhost:" + process.port())) {
                HealthWatch watch = HealthWatch.of(connection.channel(), "");
                await().until(() -> watch.next() == ServingStatus.SERVING);
            }
            return process;
        });
    }

    /** Nothing but a service: no web server, no scheduler. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(SlowPlaces.class)
    public static class Application {

        public static void main(String[] args) {
            SpringApplication.run(Application.class, args);
        }

    }

    /** Knows where the servers are at the moment. */
    private static final class Addresses extends NameResolverProvider {

        private volatile List<EquivalentAddressGroup> current = List.of();

        private volatile NameResolver.@Nullable Listener2 listener;

        private void set(List<ServerProcess> servers) {
            this.current = servers.stream()
                .map((server) -> new EquivalentAddressGroup(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port())))
                .toList();
            tell();
        }

        private void tell() {
            NameResolver.Listener2 told = this.listener;
            if (told != null) {
                told.onResult(NameResolver.ResolutionResult.newBuilder()
                    .setAddressesOrError(StatusOr.fromValue(this.current))
                    .build());
            }
        }

        @Override
        public String getDefaultScheme() {
            return "rolling";
        }

        @Override
        protected boolean isAvailable() {
            return true;
        }

        @Override
        protected int priority() {
            return 0;
        }

        @Override
        public NameResolver newNameResolver(URI target, NameResolver.Args args) {
            return new NameResolver() {

                @Override
                public String getServiceAuthority() {
                    return "places";
                }

                @Override
                public void start(Listener2 listener) {
                    Addresses.this.listener = listener;
                    tell();
                }

                @Override
                public void shutdown() {
                    Addresses.this.listener = null;
                }

            };
        }

    }

}
