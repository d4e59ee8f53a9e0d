package io.rpcspring.autoconfigure;

import java.util.List;

import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationConvention;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationPredicate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.annotation.Order;
import org.springframework.util.ClassUtils;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.observation.ClientSpans;
import io.rpcspring.observation.ServerSpans;
import io.rpcspring.observation.Spans;
import io.rpcspring.server.BuiltInService;
import io.rpcspring.server.call.ChainLink;
import io.rpcspring.server.pool.ThreadLocals;

/**
 * Makes spans of calls, where something observes beside meters.
 */
@AutoConfiguration(after = { RpcClientAutoConfiguration.class, RpcPropagationAutoConfiguration.class },
        afterName = { "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
                "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration" })
@ConditionalOnClass({ ObservationHandler.class, GrpcServerObservationConvention.class })
@ConditionalOnBooleanProperty(name = "rpc.observability.enabled", matchIfMissing = true)
@Conditional(OnSpans.class)
@EnableConfigurationProperties(RpcObservabilityProperties.class)
final class RpcTracingAutoConfiguration {

    private static final String TRACING = "io.micrometer.tracing.handler.TracingObservationHandler";

    /** As many as OpenTelemetry keeps of a span. */
    private static final int MOST_EVENTS = 128;

    @Bean
    Spans rpcSpans(RpcObservabilityProperties properties, ApplicationContext context,
            ObjectProvider<ObservationHandler<?>> handlers, ObjectProvider<BuiltInService> own,
            ObjectProvider<GrpcServerObservationConvention> server,
            ObjectProvider<GrpcClientObservationConvention> client, ObjectProvider<ObservationPredicate> predicates,
            ObjectProvider<ObservationFilter> filters, ObjectProvider<GlobalObservationConvention<?>> conventions) {
        Spans spans = new Spans(
                new Spans.Rules(properties.unseen(own.stream()), properties.messageEvents() ? MOST_EVENTS : 0),
                handlers(context, handlers.orderedStream().toList()), server.getIfAvailable(), client.getIfAvailable());
        spans.shape(predicates.orderedStream().toList(), filters.orderedStream().toList(),
                conventions.orderedStream().toList());
        return spans;
    }

    private static Spans.Handlers handlers(ApplicationContext context, List<ObservationHandler<?>> all) {
        ClassLoader classLoader = context.getClassLoader();
        if (!ClassUtils.isPresent(TRACING, classLoader)) {
            return new Spans.Handlers(all, (handler) -> false);
        }
        return new Spans.Handlers(all, ClassUtils.resolveClassName(TRACING, classLoader)::isInstance);
    }

    @Bean
    @ConditionalOnBean(RpcChannels.class)
    ClientSpans rpcClientSpans(Spans spans) {
        return new ClientSpans(spans);
    }

    @Bean
    @Order(1)
    @ConditionalOnBean(ThreadLocals.class)
    ChainLink rpcServerSpans(Spans spans, ApplicationContext context) {
        boolean follow = ClassUtils.isPresent("io.micrometer.context.ThreadLocalAccessor", context.getClassLoader());
        return new ChainLink(ChainLink.Place.OBSERVATION, new ServerSpans(spans, follow));
    }

}
