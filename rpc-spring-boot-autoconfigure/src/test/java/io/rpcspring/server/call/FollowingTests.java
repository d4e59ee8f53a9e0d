package io.rpcspring.server.call;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.CallOptions;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.MetadataUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.LookingPlaces;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.ExceptionMapper;
import io.rpcspring.server.error.CallFailures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What interceptors leave on a thread follows its call, and no other.
 */
class FollowingTests {

    private static final Metadata.Key<String> USER = Metadata.Key.of("user", Metadata.ASCII_STRING_MARSHALLER);

    private static final Map<MethodDescriptor<?, ?>, Object> REQUESTS = Map.of(PlacesGrpc.getFindMethod(),
            PlaceName.getDefaultInstance(), PlacesGrpc.getWithinMethod(), Area.getDefaultInstance(),
            PlacesGrpc.getTravelMethod(), Point.getDefaultInstance(), PlacesGrpc.getNotesMethod(),
            Note.getDefaultInstance());

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withBean(Seen.class)
        .withPropertyValues("rpc.server.pools.default.size=3", "rpc.server.pools.streams.size=3",
                "rpc.server.pools.default.queue-capacity=5000", "rpc.server.pools.streams.queue-capacity=5000",
                "rpc.server.pools.default.queue-timeout=1m", "rpc.server.pools.streams.queue-timeout=1m");

    @ParameterizedTest
    @CsvSource({ "tidy,plain", "tidy,observers", "careless,plain", "careless,observers", "late,plain" })
    void callersReadTheirOwnUserWhateverCallsLeaveBehind(String interceptor, String service) {
        assertFollows(interceptor, service, "platform");
    }

    @ParameterizedTest
    @EnabledForJreRange(min = JRE.JAVA_21)
    @CsvSource({ "tidy,plain", "careless,plain", "careless,observers" })
    void soItIsOnVirtualThreads(String interceptor, String service) {
        assertFollows(interceptor, service, "virtual");
    }

    private void assertFollows(String interceptor, String service, String threads) {
        this.runner
            .withPropertyValues("rpc.server.pools.default.type=" + threads, "rpc.server.pools.streams.type=" + threads)
            .withBean("interceptor", ServerInterceptor.class, () -> interceptor(interceptor))
            .withBean("service", Object.class, () -> service(service))
            .run((context) -> {
                assertThat(context).hasNotFailed();
                Seen seen = context.getBean(Seen.class);
                for (Ended ended : callAll(context.getBean(io.rpcspring.server.RpcServer.class).port(), 100)) {
                    assertThat(ended.status().getCode()).isEqualTo(Status.Code.OK);
                }
                assertThat(seen.wrong).isEmpty();
                assertThat(seen.right).hasSizeGreaterThanOrEqualTo(8 * 100 * REQUESTS.size());
            });
    }

    @Test
    void nothingIsLeftWhereTheTransportRunsCalls() {
        this.runner
            .withPropertyValues("rpc.server.pools.default.type=direct",
                    "rpc.server.services.[places.v1.Places].pool=default")
            .withBean("interceptor", ServerInterceptor.class, () -> interceptor("careless"))
            .withBean("service", Object.class, () -> service("observers"))
            .run((context) -> {
                callAll(context.getBean(io.rpcspring.server.RpcServer.class).port(), 50);
                assertThat(context.getBean(Seen.class).wrong).isEmpty();
            });
    }

    @Test
    void failuresAreMappedAndLoggedAsTheirCaller() {
        Logger logger = (Logger) LoggerFactory.getLogger(CallFailures.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        this.runner.withBean("interceptor", ServerInterceptor.class, () -> interceptor("tidy"))
            .withBean(Failing.class)
            .withBean(Mapper.class)
            .run((context) -> {
                callAll(context.getBean(io.rpcspring.server.RpcServer.class).port(), 1);
                Seen seen = context.getBean(Seen.class);
                await().untilAsserted(() -> assertThat(seen.right).hasSize(8 * REQUESTS.size()));
                assertThat(seen.wrong).isEmpty();
            });
        logger.detachAppender(lines);
        assertThat(lines.list).hasSize(8 * REQUESTS.size())
            .allSatisfy((line) -> assertThat(line.getThrowableProxy().getMessage())
                .isEqualTo(line.getMDCPropertyMap().get("user")));
    }

    /** Eight callers, each with a user of its own, and all kinds of calls. */
    private static List<Ended> callAll(int port, int calls) {
        List<CompletableFuture<Ended>> all = new ArrayList<>();
        try (Connection connection = Connection.to("localhost:" + port)) {
            for (int caller = 0; caller < 8; caller++) {
                Metadata headers = new Metadata();
                headers.put(USER, "user-" + caller);
                var channel = io.grpc.ClientInterceptors.intercept(connection.channel(),
                        MetadataUtils.newAttachHeadersInterceptor(headers));
                REQUESTS.forEach((method, request) -> all.addAll(start(calls, channel, method, request)));
            }
            return Flood.ends(all);
        }
    }

    @SuppressWarnings("unchecked") // each method has its request
    private static <Q> List<CompletableFuture<Ended>> start(int calls, io.grpc.Channel channel,
            MethodDescriptor<?, ?> method, Object request) {
        return Flood.start(calls, channel, (MethodDescriptor<Q, ?>) method, (Q) request, CallOptions.DEFAULT);
    }

    private static ServerInterceptor interceptor(String kind) {
        return switch (kind) {
            case "tidy" -> new Tidy();
            case "careless" -> new Careless();
            default -> new Late();
        };
    }

    private static Object service(String kind) {
        return kind.equals("plain") ? new Plain() : new Observing();
    }

    /**
     * Who was expected on the thread of a call, and who was there.
     */
    static final class Seen {

        private static final Queue<Seen> ALL = new ConcurrentLinkedQueue<>();

        private final Queue<String> right = new ConcurrentLinkedQueue<>();

        private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

        Seen() {
            ALL.clear();
            ALL.add(this);
        }

        static void look(@Nullable String expected, String where) {
            String found = MDC.get("user");
            Seen seen = ALL.element();
            if (expected != null && expected.equals(found)) {
                seen.right.add(expected);
            }
            else {
                seen.wrong.add(where + ": " + expected + " but found " + found);
            }
        }

    }

    /**
     * Puts the user on the thread around each event, as everybody does.
     */
    @RpcInterceptor
    static final class Tidy implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            String user = String.valueOf(headers.get(USER));
            MDC.put("user", user);
            try {
                return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

                    @Override
                    public void onMessage(Q message) {
                        with(user, () -> super.onMessage(message));
                    }

                    @Override
                    public void onHalfClose() {
                        with(user, super::onHalfClose);
                    }

                };
            }
            finally {
                MDC.remove("user");
            }
        }

        private static void with(String user, Runnable event) {
            MDC.put("user", user);
            try {
                event.run();
            }
            finally {
                MDC.remove("user");
            }
        }

    }

    /**
     * Puts the user on the thread once, and leaves it there; sees it in all later events.
     */
    @RpcInterceptor
    static final class Careless implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            if (MDC.get("user") != null) {
                Seen.look("nobody", "start");
            }
            String user = String.valueOf(headers.get(USER));
            MDC.put("user", user);
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

                @Override
                public void onHalfClose() {
                    Seen.look(user, "half-close");
                    super.onHalfClose();
                }

                @Override
                public void onComplete() {
                    Seen.look(user, "complete");
                    super.onComplete();
                }

            };
        }

    }

    /**
     * Puts the user on the thread with the first message, and leaves it there.
     */
    @RpcInterceptor
    static final class Late implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            MDC.put("user", String.valueOf(headers.get(USER)));
            ServerCall.Listener<Q> listener = next.startCall(call, headers);
            MDC.put("left", "behind");
            return listener;
        }

    }

    /**
     * Looks in each kind of handler, and while a stream is consumed.
     */
    @RpcService(PlacesGrpc.class)
    static final class Plain {

        Place find(PlaceName name, RpcContext context) {
            Seen.look(context.requestHeaders().get(USER), "find");
            return Place.getDefaultInstance();
        }

        Stream<Place> within(Area area, RpcContext context) {
            return Stream.of(1, 2).map((i) -> {
                Seen.look(context.requestHeaders().get(USER), "within");
                return Place.getDefaultInstance();
            });
        }

        Distance travel(MessageReceiver<Point> points, RpcContext context) {
            points.forEach((point) -> Seen.look(context.requestHeaders().get(USER), "travel"));
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out, RpcContext context) {
            for (Note note : in) {
                Seen.look(context.requestHeaders().get(USER), "notes");
                out.send(note);
            }
        }

    }

    /**
     * Looks at least once a call.
     */
    @RpcService
    static final class Observing extends LookingPlaces {

        Observing() {
            super(() -> {
                String user = MDC.get("user");
                return (where) -> Seen.look(user, where);
            });
        }

    }

    /**
     * Fails with its user, at once, while it streams, and later on another thread.
     */
    @RpcService(PlacesGrpc.class)
    static final class Failing {

        CompletionStage<Place> find(PlaceName name, RpcContext context) {
            return CompletableFuture.supplyAsync(() -> {
                throw failure(context);
            }, CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS, Executors.newCachedThreadPool()));
        }

        Stream<Place> within(Area area, RpcContext context) {
            return Stream.of(1).map((i) -> {
                throw failure(context);
            });
        }

        Distance travel(MessageReceiver<Point> points, RpcContext context) {
            if (points.hasNext()) {
                throw failure(context);
            }
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out, RpcContext context) {
            in.forEach((note) -> {
                throw failure(context);
            });
        }

        private static IllegalStateException failure(RpcContext context) {
            return new IllegalStateException(context.requestHeaders().get(USER));
        }

    }

    /**
     * Maps nothing, but looks.
     */
    static final class Mapper implements ExceptionMapper {

        @Override
        public @Nullable StatusException map(Throwable thrown) {
            Seen.look(thrown.getMessage(), "mapper");
            return null;
        }

    }

}
