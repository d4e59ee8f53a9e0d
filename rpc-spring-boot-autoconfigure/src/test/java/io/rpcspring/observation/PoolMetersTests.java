package io.rpcspring.observation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.Timer;
import org.junit.jupiter.api.Test;

import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.Measured;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the meters of a pool show.
 */
class PoolMetersTests {

    private static final PlaceName STUCK = PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();

    private final BusyPlaces places = new BusyPlaces();

    @Test
    void fullPoolShowsWhoRunsWhoWaitsAndWhoIsTurnedAway() {
        try (Measured application = start("size=1", "queue-capacity=1", "queue-timeout=3s")) {
            CompletableFuture<Ended> running = stick(application, new Metadata());
            await().until(() -> pool(application, "running") == 1);
            ClientCall<PlaceName, Place> cancelled = Flood.open(application.channel(), PlacesGrpc.getFindMethod(),
                    CallOptions.DEFAULT, new Metadata(), new CompletableFuture<>());
            cancelled.sendMessage(STUCK);
            cancelled.halfClose();
            await().until(() -> pool(application, "waiting") == 1);
            assertThat(pool(application, "limit")).isEqualTo(1);
            assertThat(Flood.codes(Flood.ends(List.of(stick(application, new Metadata())))))
                .containsOnlyKeys(Code.RESOURCE_EXHAUSTED);
            cancelled.cancel("enough", null);
            await().until(() -> pool(application, "waiting") == 0);
            Metadata timeout = new Metadata();
            timeout.put(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER), "100m");
            Flood.ends(List.of(stick(application, timeout)));
            await().until(() -> pool(application, "waiting") == 0);
            Flood.ends(List.of(stick(application, new Metadata())));
            this.places.release.countDown();
            assertThat(Flood.codes(Flood.ends(List.of(running)))).containsOnlyKeys(Code.OK);
            await().until(() -> timer(application, "run").count() == 1);
            assertThat(counted(application, "refused", "full")).isEqualTo(1);
            assertThat(counted(application, "refused", "adaptive")).isZero();
            assertThat(counted(application, "expired", "deadline")).isEqualTo(1);
            assertThat(counted(application, "expired", "cancelled")).isEqualTo(1);
            assertThat(counted(application, "expired", "queue-timeout")).isEqualTo(1);
            assertThat(pool(application, "running") + pool(application, "waiting")).isZero();
            // Also of those who waited in vain.
            assertThat(timer(application, "queue").count()).isEqualTo(4);
            assertThat(timer(application, "queue").takeSnapshot().histogramCounts()).hasSize(9);
        }
    }

    @Test
    void serverThatStartsAgainGoesOnCounting() {
        try (Measured application = start("size=3")) {
            application.server().connection().find("");
            await().until(() -> timer(application, "run").count() == 1);
            RpcServer server = application.server().bean(RpcServer.class);
            server.stop();
            assertThat(pool(application, "running")).isZero();
            server.start();
            assertThat(pool(application, "limit")).isEqualTo(3);
            try (Connection connection = Connection.to("localhost:" + server.port())) {
                List<CompletableFuture<Ended>> stuck = Flood.start(1, connection.channel(), PlacesGrpc.getFindMethod(),
                        STUCK, CallOptions.DEFAULT);
                await().until(() -> pool(application, "running") == 1);
                this.places.release.countDown();
                assertThat(Flood.codes(Flood.ends(stuck))).containsOnlyKeys(Code.OK);
                await().untilAsserted(() -> assertThat(timer(application, "run").count()).isEqualTo(2));
            }
        }
    }

    @Test
    void timersHoldWhatHasPassed() {
        try (Measured application = start("size=1")) {
            Flood.ends(Flood.start(3, application.channel(), PlacesGrpc.getFindMethod(), 100));
            await().untilAsserted(() -> assertThat(timer(application, "run").count()).isEqualTo(3));
            assertThat(total(timer(application, "run"))).isGreaterThanOrEqualTo(Duration.ofMillis(300));
            assertThat(total(timer(application, "queue"))).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        }
    }

    private Measured start(String... settings) {
        String[] properties = new String[settings.length];
        for (int i = 0; i < settings.length; i++) {
            properties[i] = "rpc.server.pools.default." + settings[i];
        }
        return Measured.start(this.places, properties);
    }

    private static CompletableFuture<Ended> stick(Measured application, Metadata headers) {
        return Flood.call(application.channel(), PlacesGrpc.getFindMethod(), List.of(STUCK), CallOptions.DEFAULT,
                headers);
    }

    private static double pool(Measured application, String what) {
        return application.gauge("rpc.server.pool." + what, "pool", "default");
    }

    private static double counted(Measured application, String what, String reason) {
        return application.count("rpc.server.pool." + what, "pool", "default", "reason", reason);
    }

    private static Timer timer(Measured application, String what) {
        return application.registry().get("rpc.server.pool." + what).tag("pool", "default").timer();
    }

    private static Duration total(Timer timer) {
        return Duration.ofNanos((long) timer.totalTime(TimeUnit.NANOSECONDS));
    }

}
