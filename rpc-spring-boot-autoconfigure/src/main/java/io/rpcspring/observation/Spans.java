package io.rpcspring.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.binder.grpc.DefaultGrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.DefaultGrpcServerObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationConvention;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Makes the observations of calls, for all that observe except meters, which count by
 * themselves.
 * <p>
 * It has a registry of its own, since the application's has the handler that measures:
 * that would count each call a second time. Which observation is the current one is the
 * same for all registries.
 */
public final class Spans {

    private final ObservationRegistry registry = ObservationRegistry.create();

    private final Rules rules;

    private final @Nullable GrpcServerObservationConvention server;

    private final @Nullable GrpcClientObservationConvention client;

    /**
     * Makes none yet.
     * @param rules what holds for all
     * @param handlers the application's, of which the first that knows a span makes it
     * @param server the application's convention, if it has one
     * @param client the application's convention, if it has one
     */
    public Spans(Rules rules, Handlers handlers, @Nullable GrpcServerObservationConvention server,
            @Nullable GrpcClientObservationConvention client) {
        this.rules = rules;
        this.server = server;
        this.client = client;
        handlers.addTo(this.registry.observationConfig());
    }

    /**
     * Adds to what all observations of calls have.
     * @param predicates say which are made
     * @param filters change them
     * @param conventions name them
     */
    public void shape(List<ObservationPredicate> predicates, List<ObservationFilter> filters,
            List<GlobalObservationConvention<?>> conventions) {
        predicates.forEach(this.registry.observationConfig()::observationPredicate);
        filters.forEach(this.registry.observationConfig()::observationFilter);
        conventions.forEach(this.registry.observationConfig()::observationConvention);
    }

    boolean isWanted(MethodDescriptor<?, ?> method) {
        String service = method.getServiceName();
        return service == null || !this.rules.without().contains(service);
    }

    Observation of(GrpcServerObservationContext context) {
        return Observation.createNotStarted(this.server, new DefaultGrpcServerObservationConvention(), () -> context,
                this.registry);
    }

    Observation of(GrpcClientObservationContext context) {
        return Observation.createNotStarted(this.client, new DefaultGrpcClientObservationConvention(), () -> context,
                this.registry);
    }

    MessageEvents events(Observation observation) {
        return new MessageEvents(observation, this.rules.messageEvents());
    }

    /**
     * What holds for all spans.
     *
     * @param without services whose calls have none
     * @param messageEvents how many messages of a call are events
     */
    public record Rules(Set<String> without, int messageEvents) {
    }

    /**
     * Who observes.
     *
     * @param all in their order
     * @param tracing which of them make spans, one of them each
     */
    public record Handlers(List<ObservationHandler<?>> all, Predicate<ObservationHandler<?>> tracing) {

        private void addTo(ObservationRegistry.ObservationConfig config) {
            List<ObservationHandler<?>> spans = new ArrayList<>();
            for (ObservationHandler<?> handler : this.all) {
                if (this.tracing.test(handler)) {
                    spans.add(handler);
                }
                else if (!(handler instanceof MeterObservationHandler)) {
                    config.observationHandler(handler);
                }
            }
            if (!spans.isEmpty()) {
                config.observationHandler(new FirstMatchingCompositeObservationHandler(cast(spans)));
            }
        }

        @SuppressWarnings("unchecked") // each is asked whether it supports a context
        private static List<ObservationHandler<Observation.Context>> cast(List<? extends ObservationHandler<?>> all) {
            return (List<ObservationHandler<Observation.Context>>) all;
        }

    }

}
