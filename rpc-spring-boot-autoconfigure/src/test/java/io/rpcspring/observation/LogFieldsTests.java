package io.rpcspring.observation;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcError;
import io.rpcspring.RpcExceptionHandler;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.LookingPlaces;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.propagation.MdcThreadLocals;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.pool.ThreadLocals;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Log lines say which call they belong to.
 */
class LogFieldsTests {

    private static final Queue<Map<String, String>> SEEN = new ConcurrentLinkedQueue<>();

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withPropertyValues("rpc.server.pools.default.size=1", "rpc.server.pools.streams.size=1");

    @ParameterizedTest
    @CsvSource({ "platform,plain", "platform,observing", "direct,observing" })
    void handlersOfAllKindsHaveThem(String threads, String service) {
        assertHandlersHaveThem(threads, service.equals("plain") ? Plain.class : Observing.class);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void soHaveThoseOnVirtualThreads() {
        assertHandlersHaveThem("virtual", Plain.class);
    }

    private void assertHandlersHaveThem(String threads, Class<?> service) {
        this.runner.withBean(service)
            .withBean(Watched.class)
            .withPropertyValues("rpc.server.pools.default.type=" + threads,
                    "rpc.server.services.[places.v1.Places].pool=default")
            .run((context) -> {
                assertThat(context).hasNotFailed();
                Flood.kinds().forEach((method) -> {
                    SEEN.clear();
                    assertThat(call(context.getBean(RpcServer.class).port(), method)).isEqualTo(Code.OK);
                    assertThat(SEEN).isNotEmpty()
                        .allSatisfy((fields) -> assertThat(fields)
                            .containsOnlyKeys("rpc.service", "rpc.method", "rpc.peer")
                            .containsEntry("rpc.service", "places.v1.Places")
                            .containsEntry("rpc.method", method.getBareMethodName())
                            .hasEntrySatisfying("rpc.peer", (peer) -> assertThat(peer).matches("127.0.0.1:\\d+")));
                });
                assertThat(context.getBean(Watched.class).leftBehind).isEmpty();
            });
    }

    @Test
    void failuresAndAdvicesHaveThem() {
        Logger logger = (Logger) LoggerFactory.getLogger(CallFailures.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        SEEN.clear();
        this.runner.withBean(Failing.class).withBean(Advice.class).run((context) -> {
            int port = context.getBean(RpcServer.class).port();
            assertThat(call(port, PlacesGrpc.getFindMethod())).isEqualTo(Code.NOT_FOUND);
            assertThat(call(port, PlacesGrpc.getWithinMethod())).isEqualTo(Code.UNKNOWN);
        });
        logger.detachAppender(lines);
        assertThat(SEEN).singleElement().satisfies((fields) -> assertThat(fields).containsEntry("rpc.method", "Find"));
        assertThat(lines.list).singleElement().satisfies((line) -> {
            assertThat(line.getFormattedMessage()).startsWith("Call of places.v1.Places/Within failed, id ");
            assertThat(line.getMDCPropertyMap()).containsEntry("rpc.service", "places.v1.Places")
                .containsEntry("rpc.method", "Within")
                .containsKey("rpc.peer");
        });
    }

    @Test
    void theyAreNotThereIfNotWanted() {
        this.runner.withBean(Plain.class).withPropertyValues("rpc.observability.mdc=false").run((context) -> {
            assertThat(context).doesNotHaveBean("rpcLogFields").doesNotHaveBean("rpcPeers");
            SEEN.clear();
            assertThat(call(context.getBean(RpcServer.class).port(), PlacesGrpc.getFindMethod())).isEqualTo(Code.OK);
            assertThat(SEEN).containsExactly(Map.of());
        });
    }

    @Test
    void withoutSlf4jNothingIsLoaded() {
        this.runner.withBean(MarkedPlaces.class)
            .withClassLoader(new FilteredClassLoader("org.slf4j", "io.micrometer"))
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rpcLogFields"));
    }

    @Test
    void withoutMicrometerTheyAreThere() {
        this.runner.withBean(MarkedPlaces.class)
            .withClassLoader(new FilteredClassLoader("io.micrometer"))
            .run((context) -> assertThat(context).hasNotFailed().hasBean("rpcLogFields"));
    }

    @Test
    void executorOfTheApplicationsOwnIsLeftAlone() {
        this.runner.withBean(Observing.class)
            .withBean(io.rpcspring.server.RpcServerCustomizer.class,
                    () -> (builder) -> builder.callExecutor(new io.grpc.ServerCallExecutorSupplier() {

                        @Override
                        public <Q, R> java.util.concurrent.Executor getExecutor(io.grpc.ServerCall<Q, R> call,
                                io.grpc.Metadata headers) {
                            return Runnable::run;
                        }

                    }))
            .run((context) -> {
                SEEN.clear();
                assertThat(call(context.getBean(RpcServer.class).port(), PlacesGrpc.getFindMethod()))
                    .isEqualTo(Code.OK);
                assertThat(SEEN).containsExactly(Map.of());
            });
    }

    @SuppressWarnings("unchecked")
    private static <Q> Code call(int port, MethodDescriptor<?, ?> method) {
        try (Connection connection = Connection.to("127.0.0.1:" + port)) {
            MethodDescriptor<Q, ?> kind = (MethodDescriptor<Q, ?>) method;
            return Flood.call(connection.channel(), kind, Flood.request(kind), CallOptions.DEFAULT)
                .join()
                .status()
                .getCode();
        }
    }

    private static void look() {
        Map<String, String> fields = MDC.getCopyOfContextMap();
        SEEN.add((fields != null) ? fields : Map.of());
    }

    /**
     * Finds out what a thread has before something is put on it: each second time that
     * something is taken off is the end of a run.
     */
    static final class Watched implements ThreadLocals {

        private final ThreadLocals mdc = new MdcThreadLocals();

        private final Map<Thread, Boolean> inside = new ConcurrentHashMap<>();

        private final Queue<Object> leftBehind = new ConcurrentLinkedQueue<>();

        @Override
        public @Nullable Object take() {
            Object taken = this.mdc.take();
            boolean begins = this.inside.remove(Thread.currentThread()) == null;
            if (begins) {
                this.inside.put(Thread.currentThread(), true);
                if (taken != null) {
                    this.leftBehind.add(taken);
                }
            }
            return taken;
        }

        @Override
        public void clear() {
            this.inside.remove(Thread.currentThread());
            this.mdc.clear();
        }

        @Override
        public @Nullable Object copy() {
            return this.mdc.copy();
        }

        @Override
        public void put(Object taken) {
            this.mdc.put(taken);
        }

    }

    @RpcService(PlacesGrpc.class)
    static final class Plain {

        Place find(PlaceName name) {
            look();
            return Place.getDefaultInstance();
        }

        Stream<Place> within(Area area) {
            return Stream.of(1, 2).map((i) -> find(PlaceName.getDefaultInstance()));
        }

        Distance travel(MessageReceiver<Point> points) {
            points.forEach((point) -> look());
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            for (Note note : in) {
                look();
                out.send(note);
            }
        }

    }

    @RpcService
    static final class Observing extends LookingPlaces {

        Observing() {
            super(() -> (where) -> look());
        }

    }

    @RpcService(PlacesGrpc.class)
    static final class Failing {

        Place find(PlaceName name) {
            if (name.getName().isEmpty()) {
                throw new IllegalArgumentException("no such place");
            }
            return Place.getDefaultInstance();
        }

        List<Place> within(Area area) {
            if (area.getRadiusKm() == 0) {
                throw new IllegalStateException("broken");
            }
            return List.of();
        }

    }

    @RpcAdvice
    static final class Advice {

        @RpcExceptionHandler
        RpcError notFound(IllegalArgumentException ex) {
            look();
            return RpcError.of(Code.NOT_FOUND, "no");
        }

    }

}
