package io.rpcspring.observation;

import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.rpcspring.observation.MeterNames.Side;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many series there can be.
 */
class SideMetersTests {

    @Test
    void proxyThatPassesEveryNameOnMakesAThousandSeries() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        SideMeters meters = new SideMeters(registry, MeterNames.MICROMETER, Side.CLIENT);
        for (int i = 0; i < 3_000; i++) {
            MethodDescriptor<?, ?> method = PlacesGrpc.getFindMethod()
                .toBuilder()
                .setFullMethodName("made.up" + i + "/Name")
                .build();
            meters.of(method).began();
        }
        assertThat(registry.find("grpc.client.active").gauges()).hasSize(1_001);
        assertThat(registry.get("grpc.client.active").tag("rpc.service", "_OTHER").gauge().value()).isEqualTo(2_000);
    }

}
