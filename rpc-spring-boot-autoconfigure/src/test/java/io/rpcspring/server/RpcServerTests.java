package io.rpcspring.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;

import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.StuckPlaces;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Where the server listens, and when.
 */
class RpcServerTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    @Test
    void callsRunOnNamedDaemonThreadsOfThePool() {
        this.runner.withBean(MarkedPlaces.class).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThat(connection.find("Zurich").getZone()).matches("rpc-default-\\d+");
                List<Thread> pool = Thread.getAllStackTraces()
                    .keySet()
                    .stream()
                    .filter((thread) -> thread.getName().startsWith("rpc-default-"))
                    .toList();
                assertThat(pool).isNotEmpty().allMatch(Thread::isDaemon);
            }
        });
    }

    @Test
    void errorsReachTheClientAsTheServiceSentThem() {
        this.runner.withBean(MarkedPlaces.class).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> connection.find(PlacesFixture.NOWHERE))
                    .withMessage("NOT_FOUND: No place is called 'Nowhere'");
            }
        });
    }

    @Test
    void withoutServiceThereIsNoServer() {
        this.runner.run((context) -> {
            assertThat(context).hasNotFailed();
            RpcServer server = context.getBean(RpcServer.class);
            assertThat(server.isRunning()).isFalse();
            assertThatIllegalStateException().isThrownBy(server::port)
                .withMessage("The gRPC server does not run, so it has no port");
        });
    }

    @Test
    void disabledServerDoesNotExist() {
        this.runner.withBean(MarkedPlaces.class)
            .withPropertyValues("rpc.server.enabled=false")
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RpcServer.class));
    }

    @Test
    void listensOnTheIpv4AddressThatIsSaid() {
        this.runner.withBean(MarkedPlaces.class).withPropertyValues("rpc.server.address=127.0.0.1").run((context) -> {
            int port = context.getBean(RpcServer.class).port();
            assertThat(accepts("127.0.0.1", port)).isTrue();
            assertThat(accepts("127.0.0.2", port)).isFalse();
        });
    }

    @Test
    void listensOnTheIpv6AddressThatIsSaid() {
        assumeTrue(canListenOn("::1"), "This machine has no IPv6");
        for (String address : List.of("::1", "[::1]")) {
            this.runner.withBean(MarkedPlaces.class)
                .withPropertyValues("rpc.server.address=" + address)
                .run((context) -> {
                    int port = context.getBean(RpcServer.class).port();
                    assertThat(accepts("::1", port)).isTrue();
                    assertThat(accepts("127.0.0.1", port)).isFalse();
                });
        }
    }

    @Test
    void listensOnTheHostNameThatIsSaid() {
        this.runner.withBean(MarkedPlaces.class).withPropertyValues("rpc.server.address=localhost").run((context) -> {
            int port = context.getBean(RpcServer.class).port();
            assertThat(accepts("localhost", port)).isTrue();
            assertThat(accepts("127.0.0.2", port)).isFalse();
        });
    }

    @Test
    void listensOnAllInterfacesByDefault() {
        this.runner.withBean(MarkedPlaces.class).run((context) -> {
            int port = context.getBean(RpcServer.class).port();
            assertThat(accepts("127.0.0.1", port)).isTrue();
            assertThat(accepts("127.0.0.2", port)).isTrue();
        });
    }

    @Test
    void startedEventAndPropertyCarryTheRealPort() {
        List<String> seen = new ArrayList<>();
        this.runner.withBean(MarkedPlaces.class)
            .withInitializer((context) -> context
                .addApplicationListener((ApplicationListener<RpcServerStartedEvent>) (event) -> seen
                    .add(event.port() + "=" + context.getEnvironment().getProperty("local.rpc.server.port"))))
            .run((context) -> {
                int port = context.getBean(RpcServer.class).port();
                assertThat(port).isPositive();
                assertThat(seen).containsExactly(port + "=" + port);
                assertThat(context.getBean(Environment.class).getProperty("local.rpc.server.port", Integer.class))
                    .isEqualTo(port);
            });
    }

    @Test
    void startsAfterOtherLifecyclesAndStopsBeforeThem() {
        List<String> events = new ArrayList<>();
        this.runner.withBean(MarkedPlaces.class)
            .withBean("worker", Worker.class, () -> new Worker(events))
            .withInitializer((context) -> context
                .addApplicationListener((ApplicationListener<RpcServerStartedEvent>) (event) -> events.add("server")))
            .run((context) -> {
                assertThat(events).containsExactly("worker starts", "server");
                RpcServer server = context.getBean(RpcServer.class);
                context.getBean(Worker.class).server = server;
                context.close();
                assertThat(events).containsExactly("worker starts", "server", "worker stops, server runs: false");
            });
    }

    @Test
    void customizersHaveTheLastWordOnTheBuilder() {
        this.runner.withBean(MarkedPlaces.class)
            .withBean(RpcServerCustomizer.class, () -> (builder) -> builder.maxInboundMessageSize(3))
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find("Zurich"))
                        .satisfies(
                                (ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
                }
            });
    }

    @Test
    void twoContextsInOneJvmHaveTwoServers() {
        this.runner.withBean(MarkedPlaces.class)
            .run((first) -> this.runner.withBean(MarkedPlaces.class).run((second) -> {
                int port = second.getBean(RpcServer.class).port();
                assertThat(port).isNotEqualTo(first.getBean(RpcServer.class).port());
                second.close();
                assertThat(accepts("127.0.0.1", port)).isFalse();
                try (Connection connection = Connection.to(first)) {
                    assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                }
            }));
    }

    @Test
    void canBeStoppedAndStartedAgain() {
        this.runner.withBean(MarkedPlaces.class).run((context) -> {
            RpcServer server = context.getBean(RpcServer.class);
            server.stop();
            server.stop();
            assertThat(server.isRunning()).isFalse();
            server.start();
            server.start();
            try (Connection connection = Connection.to(context)) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
            }
        });
    }

    @Test
    void callInFlightFinishesWhileTheServerStops() {
        this.runner.withBean(StuckPlaces.class).run((context) -> {
            StuckPlaces places = context.getBean(StuckPlaces.class);
            try (Connection connection = Connection.to(context)) {
                ListenableFuture<Place> answer = findLater(connection);
                assertThat(places.entered.await(10, TimeUnit.SECONDS)).isTrue();
                Thread closing = new Thread(((ConfigurableApplicationContext) context)::close);
                closing.start();
                awaitRefusal(context.getBean(RpcServer.class));
                places.release.countDown();
                assertThat(answer.get(10, TimeUnit.SECONDS).getName()).isEqualTo("Zurich");
                closing.join(10_000);
                assertThat(closing.isAlive()).isFalse();
            }
        });
    }

    @Test
    void stuckHandlerIsInterruptedWhenTheGracePeriodEnds() {
        this.runner.withBean(StuckPlaces.class).withPropertyValues("rpc.server.shutdown.grace=5ms").run((context) -> {
            StuckPlaces places = context.getBean(StuckPlaces.class);
            try (Connection connection = Connection.to(context)) {
                ListenableFuture<Place> answer = findLater(connection);
                assertThat(places.entered.await(10, TimeUnit.SECONDS)).isTrue();
                context.close();
                assertThat(places.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(answer).failsWithin(Duration.ofSeconds(10));
            }
        });
    }

    @Test
    void stopLeavesNoThreadOfOurs() {
        Set<Thread> others = ourThreads();
        this.runner.withBean(MarkedPlaces.class).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                connection.find("Zurich");
                Set<Thread> own = ourThreads();
                own.removeAll(others);
                assertThat(own).isNotEmpty();
                context.close();
                await().untilAsserted(() -> assertThat(own).noneMatch(Thread::isAlive));
            }
        });
    }

    private static Set<Thread> ourThreads() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf((thread) -> !thread.getName().startsWith("rpc-"));
        return threads;
    }

    private static ListenableFuture<Place> findLater(Connection connection) {
        return PlacesGrpc.newFutureStub(connection.channel()).find(PlaceName.newBuilder().setName("Zurich").build());
    }

    private static void awaitRefusal(RpcServer server) {
        int port = server.port();
        await().until(() -> !accepts("127.0.0.1", port));
    }

    private static boolean accepts(String host, int port) {
        try (Socket socket = new Socket(InetAddress.getByName(host), port)) {
            return socket.isConnected();
        }
        catch (IOException ex) {
            return false;
        }
    }

    private static boolean canListenOn(String host) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.isBound();
        }
        catch (IOException ex) {
            return false;
        }
    }

    /** Something in the default phase that handlers may use. */
    private static final class Worker implements SmartLifecycle {

        private final List<String> events;

        private volatile @Nullable RpcServer server;

        private volatile boolean running;

        private Worker(List<String> events) {
            this.events = events;
        }

        @Override
        public int getPhase() {
            return DEFAULT_PHASE - 1;
        }

        @Override
        public void start() {
            this.running = true;
            this.events.add("worker starts");
        }

        @Override
        public void stop() {
            this.running = false;
            RpcServer seen = this.server;
            this.events.add("worker stops, server runs: " + (seen != null && seen.isRunning()));
        }

        @Override
        public boolean isRunning() {
            return this.running;
        }

    }

}
