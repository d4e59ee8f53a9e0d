package io.rpcspring.observation;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

import io.grpc.CallOptions;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.binder.grpc.DefaultGrpcServerObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationConvention;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationPredicate;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcService;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.SeenSpans;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application can change about the spans of its calls.
 */
class SpansTests {

    private final ApplicationContextRunner plain = StarterRunner.withServerOnFreePort()
        .withPropertyValues("rpc.client.channels.places.target=localhost:${local.rpc.server.port}");

    private final ApplicationContextRunner runner = TracedApplication.runner().withBean(MarkedPlaces.class);

    private static List<SpanData> spans(AssertableApplicationContext context, int number) {
        return context.getBean(SeenSpans.class).ended(number);
    }

    private static Ended find(AssertableApplicationContext context) {
        return TracedApplication.call(context.getBean(RpcChannels.class).get("places"), "Find");
    }

    @Test
    void streamIsOneSpanWithBoundedEventsIfWanted() {
        this.runner.withPropertyValues("rpc.observability.message-events=true").run((context) -> {
            List<Note> notes = IntStream.range(0, 300).mapToObj((i) -> Note.newBuilder().setText("x").build()).toList();
            assertThat(Flood
                .call(context.getBean(RpcChannels.class).get("places"), PlacesGrpc.getNotesMethod(), notes,
                        CallOptions.DEFAULT, new io.grpc.Metadata())
                .join()
                .is(Code.OK)).isTrue();
            assertThat(spans(context, 2)).hasSize(2).allSatisfy((span) -> assertThat(span.getEvents()).hasSize(128));
        });
    }

    @Test
    void ownServicesHaveNoSpansUnlessWanted() {
        for (boolean wanted : new boolean[] { false, true }) {
            this.runner.withPropertyValues("rpc.observability.own-services=" + wanted).run((context) -> {
                HealthGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"))
                    .check(HealthCheckRequest.getDefaultInstance());
                find(context);
                List<SpanData> spans = spans(context, wanted ? 4 : 2);
                assertThat(spans.stream().anyMatch((span) -> span.getName().contains("Health"))).isEqualTo(wanted);
            });
        }
    }

    @Test
    void predicatesAndFiltersOfTheApplicationWork() {
        this.runner.withBean(ObservationPredicate.class, () -> (name, context) -> !name.equals("grpc.client"))
            .withBean(ObservationFilter.class,
                    () -> (context) -> context
                        .addLowCardinalityKeyValue(io.micrometer.common.KeyValue.of("region", "north")))
            .run((context) -> {
                find(context);
                assertThat(spans(context, 1)).singleElement().satisfies((span) -> {
                    assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
                    assertThat(SeenSpans.text(span, "region")).isEqualTo("north");
                });
            });
    }

    @Test
    void propertiesAndConventionsOfTheApplicationWork() {
        this.runner.withPropertyValues("management.observations.enable.grpc.client=false")
            .withBean(GrpcServerObservationConvention.class, Renaming::new)
            .run((context) -> {
                find(context);
                assertThat(spans(context, 1)).singleElement()
                    .satisfies((span) -> assertThat(span.getName()).isEqualTo("found"));
            });
    }

    @Test
    void nothingIsThereWhereOnlyMetersObserve() {
        this.plain.withBean(MarkedPlaces.class)
            .withBean(SimpleMeterRegistry.class)
            .withBean(DefaultMeterObservationHandler.class,
                    () -> new DefaultMeterObservationHandler(new SimpleMeterRegistry()))
            .run((context) -> assertThat(context).hasNotFailed()
                .doesNotHaveBean(Spans.class)
                .doesNotHaveBean("rpcServerSpans"));
    }

    @Test
    void nothingIsThereWithoutMicrometerOrIfNotWanted() {
        this.plain.withBean(MarkedPlaces.class)
            .withClassLoader(new FilteredClassLoader("io.micrometer"))
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rpcSpans"));
        this.runner.withPropertyValues("rpc.observability.enabled=false")
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rpcSpans"));
    }

    /** Nobody would take it off again. */
    @Test
    void withoutContextPropagationNoSpanIsPutOnAThread() {
        TracedApplication.runner()
            .withBean(Looking.class)
            .withClassLoader(new FilteredClassLoader("io.micrometer.context"))
            .run((context) -> {
                assertThat(context).hasNotFailed();
                assertThat(find(context).is(Code.OK)).isTrue();
                assertThat(context.getBean(Looking.class).seen).containsExactly(SpanContext.getInvalid());
                assertThat(spans(context, 2)).hasSize(2);
            });
    }

    /** Looks at what is on its thread. */
    @RpcService(PlacesGrpc.class)
    static final class Looking {

        private final Queue<SpanContext> seen = new ConcurrentLinkedQueue<>();

        Place find(PlaceName name) {
            this.seen.add(Span.current().getSpanContext());
            return Place.getDefaultInstance();
        }

    }

    /** The application's own. */
    static final class Renaming extends DefaultGrpcServerObservationConvention {

        @Override
        public String getContextualName(GrpcServerObservationContext context) {
            return "found";
        }

    }

}
