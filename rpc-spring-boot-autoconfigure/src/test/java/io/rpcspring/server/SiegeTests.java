package io.rpcspring.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.MessageSender;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.DefaultServer;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What still works while clients hold all that they can get.
 */
class SiegeTests {

    private static final Log logger = LogFactory.getLog(SiegeTests.class);

    private static final String[] SMALL_POOLS = { "rpc.server.pools.default.type=platform",
            "rpc.server.pools.default.size=2", "rpc.server.pools.default.queue-capacity=2",
            "rpc.server.pools.default.queue-timeout=5m", "rpc.server.reflection.enabled=true" };

    @WithLibrary("grpc-services")
    @Test
    void healthAndReflectionAnswerWhilePoolsAreFullAndConnectionsSilent() throws Exception {
        try (DefaultServer server = DefaultServer.start(Application.class, SMALL_POOLS);
                Connection busy = Connection.to("localhost:" + server.port());
                Connection watcher = Connection.to("localhost:" + server.port())) {
            List<RawConnection> silent = new ArrayList<>();
            for (int i = 0; i < 250; i++) {
                silent.add(RawConnection.silent(server.port()));
            }
            List<CompletableFuture<Flood.Ended>> calls = Flood.start(8, busy.channel(), PlacesGrpc.getFindMethod(),
                    stuck(), CallOptions.DEFAULT);
            await().until(() -> calls.stream().filter(CompletableFuture::isDone).count() == 4);
            assertThat(Flood.call(busy.channel(), PlacesGrpc.getFindMethod(), stuck(), CallOptions.DEFAULT))
                .succeedsWithin(Duration.ofSeconds(30))
                .returns(Status.Code.RESOURCE_EXHAUSTED, (end) -> end.status().getCode());
            logger.info("Slowest of 100 health checks under siege: " + slowestOf(100, watcher).toMillis() + " ms");
            try (RpcStream<ServerReflectionRequest, ServerReflectionResponse> stream = RpcStream.open(watcher.channel(),
                    ServerReflectionGrpc.getServerReflectionInfoMethod())) {
                stream.send(ServerReflectionRequest.newBuilder().setListServices("").build());
                assertThat(stream.next().getListServicesResponse().getServiceCount()).isEqualTo(4);
            }
            silent.forEach(RawConnection::close);
        }
    }

    @Test
    void blockingCallsThatAreCancelledAddNoThreadAndLeaveNone() {
        try (DefaultServer server = DefaultServer.start(Application.class, "rpc.server.pools.default.type=platform",
                "rpc.server.pools.default.size=20"); Connection client = Connection.to("localhost:" + server.port())) {
            int before = serverThreads();
            for (int round = 0; round < 2; round++) {
                List<ListenableFuture<Place>> calls = IntStream.range(0, 500)
                    .mapToObj((i) -> PlacesGrpc.newFutureStub(client.channel()).find(stuck()))
                    .toList();
                await().until(() -> server.runningCalls() == 20);
                calls.forEach((call) -> call.cancel(true));
                await().atMost(Duration.ofSeconds(20)).until(() -> server.runningCalls() == 0);
            }
            assertThat(serverThreads() - before).as("20 of the pool, and what the transport starts later")
                .isLessThan(20 + 5);
            assertThat(client.find("0").getZone()).startsWith("rpc-default-");
        }
    }

    @Test
    void slowReadersAreSentWhatTheyReadAndLetGoWhenTheyVanish() throws Exception {
        try (DefaultServer server = DefaultServer.start(Application.class);
                Connection honest = Connection.to("localhost:" + server.port())) {
            TalkativePlaces places = server.application().getBean(TalkativePlaces.class);
            List<RawConnection> readers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                RawConnection reader = RawConnection.to(server.port());
                // Every other one does not even let the first byte come.
                reader.frame(RawConnection.SETTINGS, 0, 0,
                        new byte[] { 0, 4, 0, 0, (byte) ((i % 2 == 0) ? 0 : 127), 0 });
                reader.write(RawConnection.call(1, "/places.v1.Places/Within"))
                    .write(RawConnection.message(1, false, new byte[0]));
                readers.add(reader);
            }
            await().until(() -> places.talking.get() == 50);
            assertThat(honest.find("0").getZone()).startsWith("rpc-default-");
            int sent = places.sent.get();
            assertThat(sent).as("messages of 16 KB to 50 readers").isLessThan(50 * 10);
            readers.forEach(RawConnection::close);
            await().atMost(Duration.ofSeconds(20)).until(() -> places.talking.get() == 0);
        }
    }

    @WithLibrary("grpc-services")
    @Tag("slow")
    @Test
    void headersThatDripAreEndedByKeepAlive() throws Exception {
        try (DefaultServer server = DefaultServer.start(Application.class, "rpc.server.keep-alive.time=10s",
                "rpc.server.keep-alive.timeout=500ms");
                Connection watcher = Connection.to("localhost:" + server.port())) {
            byte[] call = RawConnection.call(1, RawConnection.FIND, "x", "y".repeat(300));
            List<RawConnection> dripping = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                dripping.add(RawConnection.to(server.port()));
            }
            for (int i = 0; !dripping.stream().allMatch(RawConnection::isClosed); i++) {
                assertThat(i).as("drops").isLessThan(call.length);
                drip(dripping, call[i]);
                slowestOf(1, watcher);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
            dripping.forEach(RawConnection::close);
        }
    }

    private static void drip(List<RawConnection> connections, byte drop) {
        for (RawConnection connection : connections) {
            try {
                connection.write(new byte[] { drop });
            }
            catch (IOException ex) {
                // It was dropped.
            }
        }
    }

    /** Without those of the client, which runs in the same JVM. */
    private static int serverThreads() {
        return (int) Thread.getAllStackTraces()
            .keySet()
            .stream()
            .filter((thread) -> !thread.getName().startsWith("grpc-default-executor"))
            .count();
    }

    private static PlaceName stuck() {
        return PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();
    }

    /** How long the slowest of some health checks takes, which is never long. */
    private static Duration slowestOf(int checks, Connection connection) {
        Duration slowest = Duration.ZERO;
        for (int i = 0; i < checks; i++) {
            long start = System.nanoTime();
            HealthGrpc.newBlockingStub(connection.channel())
                .withDeadlineAfter(5, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance());
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            slowest = (took.compareTo(slowest) > 0) ? took : slowest;
        }
        return slowest;
    }

    /** Serves places that talk without end. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(TalkativePlaces.class)
    static class Application {

    }

    /** Says more than anybody reads. */
    static class TalkativePlaces extends BusyPlaces {

        private final AtomicInteger talking = new AtomicInteger();

        private final AtomicInteger sent = new AtomicInteger();

        @Override
        public void within(Area area, MessageSender<Place> out) {
            Place place = Place.newBuilder().setName("x".repeat(16_000)).build();
            this.talking.incrementAndGet();
            try {
                while (true) {
                    out.send(place);
                    this.sent.incrementAndGet();
                }
            }
            finally {
                this.talking.decrementAndGet();
            }
        }

    }

}
