package io.rpcspring.benchmark;

import java.util.Collection;

import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The service as a plain object, with spans of a part of its calls, which are gathered and go nowhere.
 */
@Configuration(proxyBeanMethods = false)
@Import(StarterBench.class)
class TracedBench {

    @Bean
    PropagatingReceiverTracingObservationHandler<?> tracing(@Value("${sampled}") double sampled) {
        Tracer spans = SdkTracerProvider.builder()
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(sampled)))
            .addSpanProcessor(BatchSpanProcessor.builder(new Nowhere()).build())
            .build()
            .get("benchmark");
        return new PropagatingReceiverTracingObservationHandler<>(
                new OtelTracer(spans, new OtelCurrentTraceContext(), (event) -> {
                }), new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), spans));
    }

    /** Takes spans and forgets them. */
    private static final class Nowhere implements SpanExporter {

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }

    }

}
