package io.rpcspring.observation;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.grpc.Status.Code;
import io.grpc.stub.BlockingClientCall;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcServerInterceptor;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.RpcInterceptor;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.Measured;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What docs/observability.md says of Micrometer's own interceptors, beside ours on the
 * same calls. If a test fails after an update, the page is to be changed.
 */
class MicrometersOwnTests {

    private static final PlaceName STUCK = PlaceName.newBuilder().setName(BusyPlaces.STUCK).build();

    private final BusyPlaces places = new BusyPlaces();

    @Test
    void cancelledAndRefusedCallsAndThoseOfUnknownMethods() {
        try (Measured application = start("rpc.server.pools.default.size=1",
                "rpc.server.pools.default.queue-capacity=0")) {
            ClientCall<PlaceName, Place> cancelled = Flood.open(application.channel(), PlacesGrpc.getFindMethod(),
                    CallOptions.DEFAULT, new Metadata(), new CompletableFuture<>());
            cancelled.sendMessage(STUCK);
            cancelled.halfClose();
            await().until(() -> this.places.entered.get() == 1);
            MethodDescriptor<PlaceName, Place> unknown = PlacesGrpc.getFindMethod()
                .toBuilder()
                .setFullMethodName("places.v1.Places/Unknown")
                .build();
            for (MethodDescriptor<PlaceName, Place> method : List.of(PlacesGrpc.getFindMethod(), unknown)) {
                Flood.ends(Flood.start(1, application.channel(), method, STUCK, CallOptions.DEFAULT));
            }
            cancelled.cancel("enough", null);
            MeterRegistry theirs = theirs(application);
            await().until(() -> Measured.ends(theirs, "grpc.server").equals(Map.of(Code.UNKNOWN, 1L)));
            await().until(() -> application.ends("grpc.server")
                .equals(Map.of(Code.CANCELLED, 1L, Code.RESOURCE_EXHAUSTED, 1L, Code.UNIMPLEMENTED, 1L)));
        }
    }

    @Test
    void abandonedStream() throws Exception {
        try (Measured application = start()) {
            BlockingClientCall<Note, Note> call = PlacesGrpc.newBlockingV2Stub(application.channel()).notes();
            call.write(Note.getDefaultInstance());
            await().until(() -> this.places.entered.get() == 1);
            call.cancel("enough", null);
            await().until(() -> application.gauge("grpc.server.active") == 0);
            assertThat(application.gauge("grpc.client.active")).isZero();
            assertThat(theirs(application).get("grpc.client.active").longTaskTimer().activeTasks()).isEqualTo(1);
        }
    }

    @Test
    void longStream() {
        int messages = 20_000;
        try (Measured application = start()) {
            List<CompletableFuture<Ended>> ends = List.of(Flood.call(application.channel(),
                    PlacesGrpc.getTravelMethod(), Collections.nCopies(messages, Point.getDefaultInstance()),
                    CallOptions.DEFAULT, new Metadata()));
            assertThat(Flood.codes(Flood.ends(ends))).containsOnlyKeys(Code.OK);
            await().until(() -> application.count("grpc.server.received") == messages);
            assertThat(application.server().bean(Events.class).count.get()).isEqualTo(messages + 1);
            assertThat(theirs(application).get("grpc.server.received")
                .tag("grpc.status_code", "UNKNOWN")
                .counter()
                .count()).isEqualTo(messages);
        }
    }

    private Measured start(String... properties) {
        return Measured.start(List.of(this.places, Micrometers.class), properties);
    }

    private static MeterRegistry theirs(Measured application) {
        return application.server().bean(Theirs.class).registry();
    }

    /**
     * Where they measure.
     *
     * @param registry not the one of our meters
     */
    record Theirs(MeterRegistry registry) {
    }

    /** Counts what a span would have. */
    static final class Events implements ObservationHandler<Observation.Context> {

        private final AtomicInteger count = new AtomicInteger();

        @Override
        public void onEvent(Observation.Event event, Observation.Context context) {
            this.count.incrementAndGet();
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof GrpcServerObservationContext;
        }

    }

    /** As Spring Boot sets them up. */
    @Configuration(proxyBeanMethods = false)
    static class Micrometers {

        @Bean
        Theirs theirs() {
            return new Theirs(new SimpleMeterRegistry());
        }

        @Bean
        Events events() {
            return new Events();
        }

        @Bean
        ObservationRegistry observations(Theirs theirs, Events events) {
            ObservationRegistry registry = ObservationRegistry.create();
            registry.observationConfig()
                .observationHandler(new DefaultMeterObservationHandler(theirs.registry()))
                .observationHandler(events);
            return registry;
        }

        @Bean
        @RpcInterceptor
        ServerInterceptor serverCalls(ObservationRegistry observations) {
            return new ObservationGrpcServerInterceptor(observations);
        }

        @Bean
        @RpcInterceptor
        ClientInterceptor clientCalls(ObservationRegistry observations) {
            return new ObservationGrpcClientInterceptor(observations);
        }

    }

}
