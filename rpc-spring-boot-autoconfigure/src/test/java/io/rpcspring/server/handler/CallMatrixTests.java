package io.rpcspring.server.handler;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Cable;
import io.rpcspring.fixture.Connection;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Every call kind with every way to end, on every kind of pool, through a real server.
 * <p>
 * All rows of a kind of pool share one server, so that what one row leaves behind, such
 * as an interrupt or a thread that is stuck, fails another.
 */
@ParameterizedClass(name = "on {0} threads")
@MethodSource("io.rpcspring.server.pool.Pools#types")
class CallMatrixTests {

    /** How many messages go each way where there can be many. */
    private static final int MANY = 5;

    /** How the threads of a kind of pool print themselves. */
    private static final Map<String, String> THREADS = Map.of("platform", "Thread\\[.*rpc-(default|streams)-\\d+,.*",
            "virtual", "VirtualThread\\[.*rpc-(default|streams)-\\d+\\].*");

    private static final Metadata.Key<String> ACT = Metadata.Key.of("x-act", Metadata.ASCII_STRING_MARSHALLER);

    private static @Nullable ConfigurableApplicationContext application;

    /** The threads of other tests' applications. */
    private static Set<Thread> others = Set.of();

    @Parameter
    String poolType = "";

    private final Handlers handlers = application().getBean(Handlers.class);

    private final Connection connection = Connection.to(application());

    @BeforeParameterizedClassInvocation
    static void start(String poolType) {
        others = threads();
        application = new SpringApplicationBuilder(World.class)
            .properties("rpc.server.port=0", "rpc.server.pools.default.type=" + poolType,
                    "rpc.server.pools.streams.type=" + poolType)
            .run();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        application().close();
        await().until(() -> others.containsAll(threads()));
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces()
            .keySet()
            .stream()
            .filter((thread) -> thread.getName().startsWith("rpc-"))
            .collect(Collectors.toSet());
    }

    @BeforeEach
    void connect() {
        this.handlers.ends.clear();
        await().until(() -> this.connection.channel().getState(true) == ConnectivityState.READY);
    }

    @AfterEach
    void nothingIsLeft() {
        this.connection.close();
        await().until(() -> this.handlers.running.get() == 0);
        assertThat(this.handlers.ends).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void allMessagesAndTheStatusArrive(Kind kind) throws Exception {
        try (RpcStream<?, ?> call = open(kind.method(), "return", this.connection.channel(), CallOptions.DEFAULT)) {
            call.halfClose();
            assertThat(received(call)).isEqualTo(kind.responses());
            assertThat(call.status().isOk()).isTrue();
        }
        assertThat(this.handlers.end()).isEqualTo("returned");
        assertThat(this.handlers.thread).asString().matches(THREADS.get(this.poolType));
    }

    @ParameterizedTest
    @EnumSource
    void errorArrivesAfterTheMessagesBeforeIt(Kind kind) throws Exception {
        try (RpcStream<?, ?> call = open(kind.method(), "throw", this.connection.channel(), CallOptions.DEFAULT)) {
            call.halfClose();
            for (int i = 0; i < (kind.hasOneResponse() ? 0 : MANY); i++) {
                call.next();
            }
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call::hasNext)
                .withMessage("FAILED_PRECONDITION: on purpose");
        }
        assertThat(this.handlers.end()).isEqualTo("StatusException");
    }

    @ParameterizedTest
    @EnumSource
    void cancelWakesTheHandler(Kind kind) throws Exception {
        RpcStream<?, ?> call = openBlocked(kind, this.connection.channel(), CallOptions.DEFAULT);
        call.close();
        assertThat(this.handlers.end()).isEqualTo(kind.wokenBy);
    }

    @ParameterizedTest
    @EnumSource
    void deadlineWakesTheHandler(Kind kind) throws Exception {
        try (RpcStream<?, ?> call = openBlocked(kind, this.connection.channel(),
                CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS))) {
            assertThat(this.handlers.end()).isEqualTo(kind.wokenBy);
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> receivedAfterLast(call))
                .satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        }
    }

    @ParameterizedTest
    @EnumSource
    void lostConnectionWakesTheHandler(Kind kind) throws Exception {
        try (Cable cable = Cable.to(application().getBean(RpcServer.class).port());
                Connection cuttable = Connection.to(cable.target());
                RpcStream<?, ?> call = openBlocked(kind, cuttable.channel(), CallOptions.DEFAULT)) {
            cable.cut();
            assertThat(this.handlers.end()).isEqualTo(kind.wokenBy);
            assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> receivedAfterLast(call))
                .satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        }
    }

    @ParameterizedTest
    @EnumSource(names = { "UNARY", "SERVER_STREAMING" })
    <Q, R> void secondRequestWhereThereIsOneIsRefused(Kind kind) {
        MethodDescriptor<Q, R> method = kind.<Q, R>method().toBuilder().setType(MethodType.BIDI_STREAMING).build();
        // Whoever uses the stream next is told.
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> {
            try (RpcStream<Q, R> call = open(method, "return", this.connection.channel(), CallOptions.DEFAULT)) {
                call.halfClose();
                received(call);
            }
        }).withMessage("UNIMPLEMENTED: Too many requests for " + method.getFullMethodName());
    }

    @ParameterizedTest
    @EnumSource(names = "UNARY", mode = EnumSource.Mode.EXCLUDE)
    void secondThreadInOneDirectionIsRefusedAndDisturbsNothing(Kind kind) throws Exception {
        try (RpcStream<?, ?> call = openBlocked(kind, this.connection.channel(), CallOptions.DEFAULT)) {
            // A sender may also have waited for a moment, until a write was done.
            await().during(200, TimeUnit.MILLISECONDS).until(this.handlers::isBlocked);
            String handlerThread = Objects.requireNonNull(this.handlers.thread).getName();
            assertThatIllegalStateException().isThrownBy(Objects.requireNonNull(this.handlers.blocking)::run)
                .withMessageMatching(
                        "Two threads (send|receive) on one stream of \\Q" + kind.method().getFullMethodName() + "\\E: '"
                                + Thread.currentThread().getName() + "' came while '" + handlerThread + "' was at it");
            call.halfClose();
            assertThat(received(call)).isGreaterThanOrEqualTo(kind.responses());
            assertThat(call.status().isOk()).isTrue();
        }
        assertThat(this.handlers.end()).isEqualTo("returned");
    }

    private static ConfigurableApplicationContext application() {
        return Objects.requireNonNull(application);
    }

    private RpcStream<?, ?> openBlocked(Kind kind, Channel channel, CallOptions options) {
        RpcStream<?, ?> call = open(kind.method(), "block", channel, options);
        await().until(() -> this.handlers.isBlocked());
        return call;
    }

    private static <Q, R> RpcStream<Q, R> open(MethodDescriptor<Q, R> method, String act, Channel channel,
            CallOptions options) {
        Metadata headers = new Metadata();
        headers.put(ACT, act);
        RpcStream<Q, R> call = RpcStream.open(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)), method,
                options);
        Q request = ((PrototypeMarshaller<Q>) method.getRequestMarshaller()).getMessagePrototype();
        boolean one = method.getType().clientSendsOneMessage();
        for (int i = 0; i < (one ? 1 : MANY); i++) {
            call.send(request);
        }
        if (one) {
            call.halfClose();
        }
        return call;
    }

    /**
     * The handler ends first: the call may not know yet that nothing more can be sent.
     */
    private static int receivedAfterLast(RpcStream<?, ?> call) {
        call.halfClose();
        return received(call);
    }

    private static int received(RpcStream<?, ?> call) {
        int count = 0;
        while (call.hasNext()) {
            call.next();
            count++;
        }
        return count;
    }

    /** A call kind, and what wakes its handler from where it blocks. */
    enum Kind {

        UNARY("InterruptedException"),

        SERVER_STREAMING("StatusRuntimeException"),

        CLIENT_STREAMING("StatusRuntimeException"),

        BIDI_STREAMING("StatusRuntimeException");

        private final String wokenBy;

        Kind(String wokenBy) {
            this.wokenBy = wokenBy;
        }

        @SuppressWarnings("unchecked")
        private <Q, R> MethodDescriptor<Q, R> method() {
            return (MethodDescriptor<Q, R>) switch (this) {
                case UNARY -> PlacesGrpc.getFindMethod();
                case SERVER_STREAMING -> PlacesGrpc.getWithinMethod();
                case CLIENT_STREAMING -> PlacesGrpc.getTravelMethod();
                case BIDI_STREAMING -> PlacesGrpc.getNotesMethod();
            };
        }

        private boolean hasOneResponse() {
            return method().getType().serverSendsOneMessage();
        }

        private int responses() {
            return hasOneResponse() ? 1 : MANY;
        }

    }

    /** Returns, throws or blocks, as the request's headers say. */
    @RpcService(PlacesGrpc.class)
    static class Handlers {

        private final AtomicInteger running = new AtomicInteger();

        private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

        /** The latest handler's. */
        private volatile @Nullable Thread thread;

        /** Where the latest handler blocks. */
        private volatile @Nullable Blocking blocking;

        Place find(PlaceName name, RpcContext context) throws Exception {
            run(context, () -> Thread.sleep(60_000), () -> {
            });
            return Place.getDefaultInstance();
        }

        void within(Area area, MessageSender<Place> out, RpcContext context) throws Exception {
            run(context, () -> sendMuch(out), () -> {
                for (int i = 0; i < MANY; i++) {
                    out.send(Place.getDefaultInstance());
                }
            });
        }

        Distance travel(MessageReceiver<Point> in, RpcContext context) throws Exception {
            run(context, in::hasNext, () -> {
                for (int i = 0; i < MANY; i++) {
                    in.next();
                }
            });
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out, RpcContext context) throws Exception {
            run(context, in::hasNext, () -> {
                for (int i = 0; i < MANY; i++) {
                    out.send(in.next());
                }
            });
        }

        private static void sendMuch(MessageSender<Place> out) {
            Place large = Place.newBuilder().setName("x".repeat(10_000)).build();
            for (int i = 0; i < 1000; i++) {
                out.send(large);
            }
        }

        private void run(RpcContext context, Blocking end, Blocking begin) throws Exception {
            this.running.incrementAndGet();
            this.thread = Thread.currentThread();
            try {
                assertThat(Thread.interrupted()).isFalse();
                begin.run();
                String act = context.requestHeaders().get(ACT);
                if ("throw".equals(act)) {
                    throw Status.FAILED_PRECONDITION.withDescription("on purpose").asException();
                }
                if ("block".equals(act)) {
                    this.blocking = end;
                    end.run();
                }
                this.ends.add("returned");
            }
            catch (Exception ex) {
                this.ends.add(ex.getClass().getSimpleName());
                throw ex;
            }
            finally {
                this.blocking = null;
                this.running.decrementAndGet();
            }
        }

        private boolean isBlocked() {
            Thread handler = this.thread;
            return this.blocking != null && handler != null
                    && Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING).contains(handler.getState());
        }

        private @Nullable String end() throws InterruptedException {
            return this.ends.poll(10, TimeUnit.SECONDS);
        }

    }

    /** A part of a handler. */
    private interface Blocking {

        void run() throws Exception;

    }

    /** The starter and the handlers. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class World {

    }

}
