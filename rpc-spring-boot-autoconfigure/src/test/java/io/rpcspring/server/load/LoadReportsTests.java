package io.rpcspring.server.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.xds.shaded.com.github.xds.data.orca.v3.OrcaLoadReport;
import io.grpc.xds.shaded.com.github.xds.service.orca.v3.OpenRcaServiceGrpc;
import io.grpc.xds.shaded.com.github.xds.service.orca.v3.OrcaLoadReportRequest;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What clients are told of the load, by which they choose among servers.
 */
class LoadReportsTests {

    private static final Metadata.Key<byte[]> KEY = Metadata.Key.of("endpoint-load-metrics-bin",
            Metadata.BINARY_BYTE_MARSHALLER);

    private static final Offset<Double> EXACT = Offset.offset(1e-9);

    private final BusyPlaces places = new BusyPlaces();

    private final List<PlacesServer> servers = new ArrayList<>();

    private PlacesServer start(String... properties) {
        List<Object> beans = List.of(this.places, autoConfiguration("Load"), autoConfiguration("Health"));
        PlacesServer server = PlacesServer.start(beans,
                Stream.concat(
                        Stream.of("rpc.server.load-report.enabled=true", "rpc.server.pools.default.type=platform",
                                "rpc.server.pools.default.size=4", "rpc.server.pools.default.queue-capacity=1"),
                        Stream.of(properties))
                    .toArray(String[]::new));
        this.servers.add(server);
        return server;
    }

    private static Class<?> autoConfiguration(String name) {
        return ClassUtils.resolveClassName("io.rpcspring.autoconfigure.RpcServer" + name + "AutoConfiguration", null);
    }

    @AfterEach
    void stop() {
        this.places.release.countDown();
        this.servers.forEach(PlacesServer::close);
    }

    private static CompletableFuture<Ended> find(PlacesServer server, String name) {
        return Flood.call(server.channel(), PlacesGrpc.getFindMethod(), PlaceName.newBuilder().setName(name).build(),
                CallOptions.DEFAULT);
    }

    private static @Nullable OrcaLoadReport report(Ended end) {
        byte[] bytes = end.trailers().get(KEY);
        try {
            return (bytes != null) ? OrcaLoadReport.parseFrom(bytes) : null;
        }
        catch (InvalidProtocolBufferException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static OrcaLoadReport reported(CompletableFuture<Ended> call) {
        return Objects.requireNonNull(report(call.orTimeout(20, TimeUnit.SECONDS).join()));
    }

    private void hold(PlacesServer server, int calls) {
        int entered = this.places.entered.get();
        for (int i = 0; i < calls; i++) {
            var unused = find(server, BusyPlaces.STUCK);
        }
        await().until(() -> this.places.entered.get() == entered + calls);
    }

    @Test
    void eachCallSaysHowFullItsPoolIs() {
        PlacesServer server = start();
        OrcaLoadReport alone = reported(find(server, ""));
        assertThat(alone.getApplicationUtilization()).isCloseTo(1 / 4.0, EXACT);
        assertThat(alone.getRpsFractional()).isPositive();
        assertThat(alone.getEps()).isZero();
        assertThat(alone.getCpuUtilization()).isZero();
        server.awaitIdle();
        hold(server, 2);
        assertThat(reported(find(server, "2")).getApplicationUtilization()).isCloseTo(3 / 4.0, EXACT);
    }

    @Test
    void refusedAndFailedCallsSayItToo() {
        PlacesServer server = start();
        hold(server, 4);
        CompletableFuture<Ended> waits = find(server, BusyPlaces.STUCK);
        await().until(() -> server.statistics("default").waiting() == 1);
        Ended refused = find(server, "").orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(refused.is(Status.Code.RESOURCE_EXHAUSTED)).isTrue();
        OrcaLoadReport full = Objects.requireNonNull(report(refused));
        assertThat(full.getApplicationUtilization()).isCloseTo(5 / 4.0, EXACT);
        assertThat(full.getEps()).isPositive();
        this.places.release.countDown();
        assertThat(reported(waits).getEps()).isPositive();
        Ended wrong = find(server, "wrong").orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(wrong.is(Status.Code.UNKNOWN)).isTrue();
        assertThat(Objects.requireNonNull(report(wrong)).getEps()).isPositive();
    }

    /** Little's law: eight calls of 20 ms each, two at a time, are two all the time. */
    @Test
    void manyCallsSayHowFullItWasOnTheAverage() {
        PlacesServer server = start("rpc.server.pools.default.queue-capacity=200");
        // Not at once where a busy machine lets them take longer than they are told.
        await().untilAsserted(() -> {
            List<OrcaLoadReport> reports = new ArrayList<>();
            for (int round = 0; round < 15; round++) {
                CompletableFuture<Ended> other = find(server, "20");
                reports.add(reported(find(server, "20")));
                reported(other);
            }
            // The window begins a second before the first call.
            OrcaLoadReport last = reports.get(reports.size() - 1);
            assertThat(last.getApplicationUtilization()).isBetween(0.05, 2 / 4.0);
            assertThat(last.getApplicationUtilization() / last.getRpsFractional()).as("seconds a call, over four")
                .isBetween(0.02 / 4, 0.06 / 4);
        });
    }

    @Test
    void poolWithoutLimitReportsTheProcessors() {
        PlacesServer server = start("rpc.server.pools.default.type=direct");
        assertThat(reported(find(server, "")).getRpsFractional()).isPositive();
        await().untilAsserted(() -> {
            OrcaLoadReport report = reported(find(server, ""));
            assertThat(report.getCpuUtilization()).isBetween(1e-6, 1.1);
            assertThat(report.getApplicationUtilization()).isEqualTo(report.getCpuUtilization());
        });
    }

    @Test
    void serverReportsOutOfBand() throws Exception {
        PlacesServer server = start();
        reported(find(server, ""));
        server.awaitIdle();
        hold(server, 3);
        long start = System.nanoTime();
        try (Context.CancellableContext calls = Context.current().withCancellation()) {
            Iterator<OrcaLoadReport> reports = calls.call(() -> OpenRcaServiceGrpc.newBlockingStub(server.channel())
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .streamCoreMetrics(OrcaLoadReportRequest.getDefaultInstance()));
            assertThat(reports.next().getApplicationUtilization()).isCloseTo(3 / 4.0, EXACT);
            hold(server, 1);
            // The second, unless it left before the call had begun.
            await()
                .untilAsserted(() -> assertThat(reports.next().getApplicationUtilization()).isCloseTo(4 / 4.0, EXACT));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(500));
        }
    }

    @Test
    void frameworksOwnServicesAndServersThatAreNotAskedReportNothing() {
        PlacesServer server = start();
        Ended health = Flood
            .call(server.channel(), HealthGrpc.getCheckMethod(), HealthCheckRequest.getDefaultInstance(),
                    CallOptions.DEFAULT)
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
        assertThat(health.is(Status.Code.OK)).isTrue();
        assertThat(report(health)).isNull();
        PlacesServer silent = start("rpc.server.load-report.enabled=false");
        assertThat(report(find(silent, "").orTimeout(20, TimeUnit.SECONDS).join())).isNull();
        assertThat(silent.context().getBeanNamesForType(LoadReports.class)).isEmpty();
    }

    @Test
    void startSaysThatTheLibraryIsMissing() {
        FilteredClassLoader without = new FilteredClassLoader("io.grpc.xds");
        StarterRunner.withServerOnFreePort()
            .withClassLoader(without)
            .run((context) -> assertThat(context).hasNotFailed());
        StarterRunner.withServerOnFreePort()
            .withClassLoader(without)
            .withPropertyValues("rpc.server.load-report.enabled=true")
            .run((context) -> assertThat(context).getFailure()
                .hasMessageMatching(
                        "rpc.server.load-report.enabled is set \\(.*\\), but io.grpc:grpc-xds is not on the class"
                                + " path. Add the dependency io.grpc:grpc-xds, or remove the property."));
        // As with a variable, of which the check of names only warns.
        new ApplicationContextRunner().withUserConfiguration(autoConfiguration("Load"))
            .withClassLoader(without)
            .withPropertyValues("rpc.server.load-report.enabled=true")
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .isInstanceOf(RpcConfigurationException.class)
                .hasMessage("rpc.server.load-report.enabled is true, but grpc-xds is not on the class path."
                        + " Add the dependency io.grpc:grpc-xds, or remove rpc.server.load-report.enabled."));
    }

}
