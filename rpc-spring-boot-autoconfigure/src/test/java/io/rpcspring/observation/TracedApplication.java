package io.rpcspring.observation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.context.ContextSnapshotFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcObservationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.SeenSpans;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.pool.PoolStatistics;

/**
 * A web application with a scheduled task, whose traces are Spring Boot's, and which
 * calls itself by the channel "places".
 *
 * @param context closed with this
 */
record TracedApplication(ConfigurableApplicationContext context) implements AutoCloseable {

    /** What Spring Boot's starter for OpenTelemetry brings. */
    private static final Class<?>[] TRACING = { ObservationAutoConfiguration.class,
            MicrometerTracingAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
            OpenTelemetryTracingAutoConfiguration.class };

    private static final String[] PROPERTIES = { "management.tracing.sampling.probability=1", "rpc.server.port=0",
            "rpc.client.channels.places.target=localhost:${local.rpc.server.port}" };

    static TracedApplication start(String... properties) {
        String[] arguments = Stream.of(PROPERTIES, properties)
            .flatMap(Stream::of)
            .map((property) -> "--" + property)
            .toArray(String[]::new);
        return new TracedApplication(
                new SpringApplicationBuilder(Web.class, StarterRunner.CONFIGURATION).web(WebApplicationType.SERVLET)
                    .bannerMode(Banner.Mode.OFF)
                    .logStartupInfo(false)
                    .run(arguments));
    }

    /** The same without a web server and without services. */
    static ApplicationContextRunner runner() {
        return StarterRunner.withServer()
            .withConfiguration(AutoConfigurations.of(TRACING))
            .withBean(SeenSpans.class)
            .withPropertyValues(PROPERTIES);
    }

    SeenSpans spans() {
        return this.context.getBean(SeenSpans.class);
    }

    Channel channel(String name) {
        return this.context.getBean(RpcChannels.class).get(name);
    }

    PoolStatistics pool(String name) {
        return Objects.requireNonNull(this.context.getBean(RpcServer.class).poolStatistics().get(name));
    }

    /** Has the application call itself. */
    String get(String path, String traceparent) throws IOException, InterruptedException {
        URI uri = URI
            .create("http://127.0.0.1:" + this.context.getEnvironment().getProperty("local.server.port") + path);
        return HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).header("traceparent", traceparent).build(),
                    HttpResponse.BodyHandlers.ofString())
            .body();
    }

    @Override
    public void close() {
        this.context.close();
    }

    /** Makes a call of a kind and waits for its end. */
    static Ended call(Channel channel, String kind) {
        return Flood.kinds()
            .filter((method) -> kind.equals(method.getBareMethodName()) && !kind.equals("Find"))
            .findFirst()
            .map((method) -> empty(channel, method))
            .orElseGet(() -> Flood.call(channel, PlacesGrpc.getFindMethod(), name(kind), CallOptions.DEFAULT))
            .join();
    }

    @SuppressWarnings("unchecked") // its own request
    private static <Q> CompletableFuture<Ended> empty(Channel channel, MethodDescriptor<?, ?> method) {
        MethodDescriptor<Q, ?> kind = (MethodDescriptor<Q, ?>) method;
        return Flood.call(channel, kind, Flood.request(kind), CallOptions.DEFAULT);
    }

    private static PlaceName name(String name) {
        return PlaceName.newBuilder().setName(name).build();
    }

    /** What Spring Boot makes of it. */
    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    @ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
            WebMvcAutoConfiguration.class, WebMvcObservationAutoConfiguration.class,
            ScheduledTasksObservationAutoConfiguration.class, ObservationAutoConfiguration.class,
            MicrometerTracingAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
            OpenTelemetryTracingAutoConfiguration.class })
    @Import({ SeenSpans.class, Calling.class, StuckClock.class, Door.class, Nightly.class })
    static class Web {

    }

    /** Calls for those who come by HTTP. */
    @RestController
    static class Door {

        private final RpcChannels channels;

        Door(RpcChannels channels) {
            this.channels = channels;
        }

        @GetMapping("/call/{kind}")
        String call(@PathVariable("kind") String kind) {
            return TracedApplication.call(this.channels.get("places"), kind).status().getCode().name();
        }

    }

    /** Calls once, by itself. */
    static class Nightly {

        private final RpcChannels channels;

        Nightly(RpcChannels channels) {
            this.channels = channels;
        }

        @Scheduled(initialDelay = 0, fixedDelay = Long.MAX_VALUE / 1_000_000)
        void run() {
            TracedApplication.call(this.channels.get("places"), "Find");
        }

    }

    /**
     * Calls the next server from each kind of handler.
     */
    @RpcService(PlacesGrpc.class)
    static final class Calling {

        private static final Metadata.Key<String> EARLIER = Metadata.Key.of("grpc-previous-rpc-attempts",
                Metadata.ASCII_STRING_MARSHALLER);

        private final RpcChannels channels;

        Calling(RpcChannels channels) {
            this.channels = channels;
        }

        private Place inner() {
            return PlacesGrpc.newBlockingStub(this.channels.get("places")).find(name("inner"));
        }

        Place find(PlaceName name, RpcContext call) {
            switch (name.getName()) {
                case "broken one" -> throw new IllegalStateException("broken");
                case "own thread" -> CompletableFuture
                    .runAsync(ContextSnapshotFactory.builder().build().captureAll().wrap((Runnable) this::inner))
                    .join();
                case "third time" -> {
                    if (!"2".equals(call.requestHeaders().get(EARLIER))) {
                        throw Status.UNAVAILABLE.asRuntimeException();
                    }
                }
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

    /** Tells the time when it is let. */
    @RpcService(value = ClockGrpc.class, pool = "small")
    static final class StuckClock {

        final AtomicInteger entered = new AtomicInteger();

        final Semaphore release = new Semaphore(0);

        LocalTime timeAt(PlaceName name) throws InterruptedException {
            this.entered.incrementAndGet();
            this.release.acquire();
            return LocalTime.getDefaultInstance();
        }

    }

}
