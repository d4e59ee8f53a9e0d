package io.rpcspring.observation;

import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.core.instrument.binder.grpc.DefaultGrpcServerObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationConvention;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.otel.bridge.Slf4JEventListener;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcService;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.error.CallFailures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One trace goes through both sides of calls.
 */
class SpansTests {

    private final ApplicationContextRunner plain = StarterRunner.withServerOnFreePort()
        .withPropertyValues("rpc.client.channels.places.target=localhost:${local.rpc.server.port}");

    private final ApplicationContextRunner runner = this.plain.withUserConfiguration(Tracing.class)
        .withBean(Calling.class);

    @ParameterizedTest
    @ValueSource(strings = { "Find", "Within", "Travel", "Notes", "own thread" })
    void oneTraceGoesThroughHandlersToTheNextServer(String kind) {
        assertOneTrace(kind, "platform");
    }

    @ParameterizedTest
    @EnabledForJreRange(min = JRE.JAVA_21)
    @ValueSource(strings = { "Find", "Within", "Travel", "Notes", "own thread" })
    void soItDoesOnVirtualThreads(String kind) {
        assertOneTrace(kind, "virtual");
    }

    private void assertOneTrace(String kind, String threads) {
        this.runner
            .withPropertyValues("rpc.server.pools.default.type=" + threads, "rpc.server.pools.streams.type=" + threads)
            .run((context) -> {
                assertThat(context).hasNotFailed();
                context.getBean(Calling.class).channels = context.getBean(RpcChannels.class);
                ObservationRegistry web = context.getBean(ObservationRegistry.class);
                Observation.createNotStarted("http", web)
                    .observe(() -> assertThat(call(context, kind).is(Code.OK)).isTrue());
                List<SpanData> spans = spans(context, 5);
                SpanData http = named(spans, "http", SpanKind.INTERNAL, null);
                String method = "places.v1.Places/" + (kind.contains(" ") ? "Find" : kind);
                SpanData client = named(spans, method, SpanKind.CLIENT, http);
                SpanData server = named(spans, method, SpanKind.SERVER, client);
                SpanData inner = named(spans, "places.v1.Places/Find", SpanKind.CLIENT, server);
                SpanData last = named(spans, "places.v1.Places/Find", SpanKind.SERVER, inner);
                assertThat(spans).allSatisfy((span) -> assertThat(span.getTraceId()).isEqualTo(http.getTraceId()));
                assertThat(text(last, "rpc.pool")).isEqualTo("default");
                assertThat(text(last, "rpc.waited_ms")).matches("\\d+");
                assertThat(text(last, "rpc.attempt")).isEqualTo("1");
                assertThat(text(last, "grpc.status_code")).isEqualTo("OK");
                assertThat(text(last, "net.peer.name")).isEqualTo("127.0.0.1");
                assertThat(text(inner, "net.peer.port"))
                    .isEqualTo(context.getEnvironment().getProperty("local.rpc.server.port"));
                assertThat(text(inner, "rpc.attempts")).isEqualTo("1");
                assertThat(spans).allSatisfy((span) -> assertThat(span.getEvents()).isEmpty());
            });
    }

    private static SpanData named(List<SpanData> spans, String name, SpanKind kind, @Nullable SpanData parent) {
        return spans.stream()
            .filter((span) -> span.getName().equals(name) && span.getKind() == kind
                    && (parent == null || span.getParentSpanId().equals(parent.getSpanId())))
            .findFirst()
            .orElseThrow(() -> new AssertionError("No " + kind + " " + name + " below " + parent + " in " + spans));
    }

    private static @Nullable String text(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    private static List<SpanData> spans(AssertableApplicationContext context, int number) {
        InMemorySpanExporter exporter = context.getBean(InMemorySpanExporter.class);
        await().until(() -> exporter.getFinishedSpanItems().size() >= number);
        return exporter.getFinishedSpanItems();
    }

    private static Ended call(AssertableApplicationContext context, String kind) {
        var channel = context.getBean(RpcChannels.class).get("places");
        if (kind.contains(" ") || kind.equals("Find")) {
            return Flood
                .call(channel, PlacesGrpc.getFindMethod(), PlaceName.newBuilder().setName(kind).build(),
                        CallOptions.DEFAULT)
                .join();
        }
        return call(context,
                Flood.kinds().filter((method) -> kind.equals(method.getBareMethodName())).findFirst().orElseThrow());
    }

    @SuppressWarnings("unchecked")
    private static <Q> Ended call(AssertableApplicationContext context, MethodDescriptor<?, ?> method) {
        MethodDescriptor<Q, ?> kind = (MethodDescriptor<Q, ?>) method;
        return Flood
            .call(context.getBean(RpcChannels.class).get("places"), kind, Flood.request(kind), CallOptions.DEFAULT)
            .join();
    }

    @Test
    void failureHasItsIdAndTheTraceInOneLine() {
        Logger logger = (Logger) LoggerFactory.getLogger(CallFailures.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        this.runner.run((context) -> {
            assertThat(call(context, "broken one").is(Code.UNKNOWN)).isTrue();
            List<SpanData> spans = spans(context, 2);
            SpanData server = named(spans, "places.v1.Places/Find", SpanKind.SERVER, null);
            assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(text(server, "grpc.status_code")).isEqualTo("UNKNOWN");
            assertThat(lines.list).singleElement().satisfies((line) -> {
                assertThat(line.getFormattedMessage()).startsWith("Call of places.v1.Places/Find failed, id ");
                assertThat(line.getMDCPropertyMap()).containsEntry("traceId", server.getTraceId())
                    .containsEntry("rpc.method", "Find");
            });
        });
        logger.detachAppender(lines);
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
                call(context, "inner call");
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
                call(context, "inner call");
                assertThat(spans(context, 1)).singleElement().satisfies((span) -> {
                    assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
                    assertThat(text(span, "region")).isEqualTo("north");
                });
            });
    }

    @Test
    void propertiesAndConventionsOfTheApplicationWork() {
        this.runner.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class))
            .withPropertyValues("management.observations.enable.grpc.client=false")
            .withBean(GrpcServerObservationConvention.class, Renaming::new)
            .run((context) -> {
                call(context, "inner call");
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
        this.plain.withUserConfiguration(Tracing.class)
            .withBean(Looking.class)
            .withClassLoader(new FilteredClassLoader("io.micrometer.context"))
            .run((context) -> {
                assertThat(context).hasNotFailed();
                assertThat(call(context, "Find").is(Code.OK)).isTrue();
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

    /** As Spring Boot's starter for OpenTelemetry has it. */
    @Configuration(proxyBeanMethods = false)
    static class Tracing {

        private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

        private final io.opentelemetry.api.trace.Tracer otel = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(this.exporter))
            .build()
            .get("test");

        private final Slf4JEventListener mdc = new Slf4JEventListener();

        private final OtelTracer tracer = new OtelTracer(this.otel, new OtelCurrentTraceContext(), this.mdc::onEvent);

        private final OtelPropagator propagator = new OtelPropagator(
                ContextPropagators.create(W3CTraceContextPropagator.getInstance()), this.otel);

        Tracing() {
            io.opentelemetry.context.ContextStorage.addWrapper(
                    (storage) -> new io.micrometer.tracing.otel.bridge.EventPublishingContextWrapper(this.mdc::onEvent)
                        .apply(storage));
        }

        @Bean
        InMemorySpanExporter exporter() {
            return this.exporter;
        }

        @Bean
        @Order(1)
        PropagatingReceiverTracingObservationHandler<?> receiver() {
            return new PropagatingReceiverTracingObservationHandler<>(this.tracer, this.propagator);
        }

        @Bean
        @Order(2)
        PropagatingSenderTracingObservationHandler<?> sender() {
            return new PropagatingSenderTracingObservationHandler<>(this.tracer, this.propagator);
        }

        @Bean
        @Order(3)
        DefaultTracingObservationHandler others() {
            return new DefaultTracingObservationHandler(this.tracer);
        }

        /** The application's own. */
        @Bean
        ObservationRegistry observationRegistry() {
            ObservationRegistry registry = ObservationRegistry.create();
            registry.observationConfig().observationHandler(new FirstMatchingCompositeObservationHandler(others()));
            return registry;
        }

    }

    /**
     * Calls the next server from each kind of handler.
     */
    @RpcService(PlacesGrpc.class)
    static final class Calling {

        private @Nullable RpcChannels channels;

        private Place inner() {
            return PlacesGrpc.newBlockingStub(Objects.requireNonNull(this.channels).get("places"))
                .find(PlaceName.newBuilder().setName("inner").build());
        }

        Place find(PlaceName name) {
            switch (name.getName()) {
                case "broken one" -> throw new IllegalStateException("broken");
                case "own thread" -> CompletableFuture
                    .runAsync(ContextSnapshotFactory.builder().build().captureAll().wrap((Runnable) this::inner))
                    .join();
                case "Find" -> inner();
                default -> {
                }
            }
            return Place.getDefaultInstance();
        }

        Stream<Place> within(Area area) {
            return Stream.of(1).map((i) -> inner());
        }

        Distance travel(MessageReceiver<Point> points) {
            points.forEach((point) -> inner());
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            for (Note note : in) {
                if (note.getText().isEmpty()) {
                    inner();
                }
                out.send(note);
            }
        }

    }

}
