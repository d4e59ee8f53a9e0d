package io.rpcspring.benchmark;

import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcServerInterceptor;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.RpcInterceptor;

/**
 * The service as a plain object, behind the interceptor with which Spring Boot measures.
 */
@Configuration(proxyBeanMethods = false)
@Import(StarterBench.class)
class MeasuredBench {

    static ObservationRegistry observations(MeterRegistry registry) {
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(registry));
        return observations;
    }

    @Bean
    @RpcInterceptor
    ServerInterceptor measuring(MeterRegistry registry) {
        return new ObservationGrpcServerInterceptor(observations(registry));
    }

}
