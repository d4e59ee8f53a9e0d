package io.rpcspring.observation;

import java.util.List;
import java.util.Map;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingClientInterceptor;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingServerInterceptor;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.RpcInterceptor;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.client.RpcChannels.CallObserver;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.Measured;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.pool.PoolStatistics.PoolObserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whether anything is measured depends on the class path and few properties; what Spring
 * Boot offers for meters works for these, too.
 */
@ExtendWith(OutputCaptureExtension.class)
class MetricsConfigurationTests {

    private final ApplicationContextRunner plain = StarterRunner.withServerOnFreePort()
        .withBean(MarkedPlaces.class)
        .withPropertyValues("rpc.client.channels.places.target=localhost:${local.rpc.server.port}");

    private final ApplicationContextRunner boots = this.plain
        .withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
                CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

    @Test
    void withoutMicrometerNothingIsLoaded() {
        this.plain.withClassLoader(new FilteredClassLoader("io.micrometer")).run(nothingIsMeasured());
    }

    @Test
    void withoutMicrometersCoreNothingIsLoaded() {
        this.plain.withClassLoader(new FilteredClassLoader("io.micrometer.core")).run(nothingIsMeasured());
    }

    @Test
    void withoutRegistryNothingIsMeasured() {
        this.plain.run(nothingIsMeasured());
    }

    @Test
    void nothingIsMeasuredIfNotWanted() {
        this.boots.withPropertyValues("rpc.observability.enabled=false").run(nothingIsMeasured());
    }

    private static ContextConsumer<AssertableApplicationContext> nothingIsMeasured() {
        return (context) -> {
            assertThat(context).hasNotFailed()
                .doesNotHaveBean(CallObserver.class)
                .doesNotHaveBean(PoolObserver.class)
                .doesNotHaveBean("rpcServerMeters");
            find(context);
        };
    }

    @Test
    void withoutServerItsMetersAreNotThere() {
        this.boots.withPropertyValues("rpc.server.enabled=false")
            .run((context) -> assertThat(context).hasNotFailed()
                .hasSingleBean(CallObserver.class)
                .doesNotHaveBean(PoolObserver.class)
                .doesNotHaveBean("rpcServerMeters"));
    }

    @Test
    void applicationWithoutServiceHasNoMetersOfServers() {
        StarterRunner.withServerOnFreePort().withBean(SimpleMeterRegistry.class).run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(MeterRegistry.class).getMeters()).isEmpty();
        });
    }

    @Test
    void registryOfTheApplicationsOwnIsEnough() {
        this.plain.withBean(SimpleMeterRegistry.class).run((context) -> {
            find(context);
            assertThat(Measured.ends(context.getBean(MeterRegistry.class), "grpc.client"))
                .isEqualTo(Map.of(Code.OK, 1L));
        });
    }

    @Test
    void severalRegistriesGetTheSame() {
        this.boots.withConfiguration(AutoConfigurations.of(PrometheusMetricsExportAutoConfiguration.class))
            .withBean(SimpleMeterRegistry.class)
            .run((context) -> {
                find(context);
                context.getBeansOfType(MeterRegistry.class)
                    .values()
                    .forEach((registry) -> await()
                        .until(() -> Measured.ends(registry, "grpc.server").equals(Map.of(Code.OK, 1L))));
            });
    }

    @Test
    void propertiesOfMetersWork() {
        this.boots
            .withPropertyValues("management.metrics.enable.grpc.server.sent=false",
                    "management.metrics.enable.rpc.server.pool=false", "management.metrics.tags.region=north",
                    "management.metrics.distribution.slo.grpc.client=5ms,50ms",
                    "management.metrics.distribution.percentiles-histogram.grpc.server=true")
            .run((context) -> {
                find(context);
                MeterRegistry registry = context.getBean(MeterRegistry.class);
                await().until(() -> registry.find("grpc.server").timer() != null);
                assertThat(names(registry)).contains("grpc.server.received", "grpc.server.received.bytes")
                    .doesNotContain("grpc.server.sent", "grpc.server.sent.bytes", "rpc.server.pool.queue");
                assertThat(registry.get("grpc.client").tag("region", "north").timer().takeSnapshot().histogramCounts())
                    .hasSize(2);
            });
    }

    @Test
    void filtersOfTheApplicationWork() {
        this.boots.withBean(MeterFilter.class, () -> MeterFilter.ignoreTags("rpc.method", "rpc.type"))
            .run((context) -> {
                find(context);
                MeterRegistry registry = context.getBean(MeterRegistry.class);
                assertThat(registry.get("grpc.client").timer().getId().getTag("rpc.method")).isNull();
                assertThat(registry.get("grpc.client").timer().count()).isEqualTo(1);
            });
    }

    private static List<String> names(MeterRegistry registry) {
        return registry.getMeters().stream().map((meter) -> meter.getId().getName()).toList();
    }

    private static void find(AssertableApplicationContext context) {
        PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"))
            .find(PlaceName.newBuilder().setName("Zurich").build());
    }

    @Test
    void interceptorsThatCountTheSameAreNamed(CapturedOutput output) {
        this.boots.withUserConfiguration(Micrometers.class).run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(output).contains(
                    "Calls would count twice: the interceptor 'meteredCalls' (MetricCollectingServerInterceptor) measures"
                            + " them beside this starter's own meters, under the same names. Remove the bean (Spring"
                            + " Boot's own gRPC modules make it unless spring.grpc.server.observation.enabled and"
                            + " spring.grpc.client.observation.enabled are false), or set rpc.observability.enabled to"
                            + " false.")
                .contains("the interceptor 'meteredClients' (MetricCollectingClientInterceptor) measures");
        });
    }

    /** Micrometer's own. */
    @Configuration(proxyBeanMethods = false)
    static class Micrometers {

        @Bean
        @RpcInterceptor
        ServerInterceptor meteredCalls(MeterRegistry registry) {
            return new MetricCollectingServerInterceptor(registry);
        }

        @Bean
        @RpcInterceptor
        ClientInterceptor meteredClients(MeterRegistry registry) {
            return new MetricCollectingClientInterceptor(registry);
        }

    }

}
