package io.rpcspring.server;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.RpcInterceptor;
import io.rpcspring.fixture.Diary;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.OwnLog;
import io.rpcspring.fixture.SharedServer;
import io.rpcspring.fixture.Styles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What interceptors do to a call, in every style of a service: the client gets the right
 * status at once, the handler is told, and nothing is left of the call.
 */
@ParameterizedClass(name = "{0} on {1} threads")
@MethodSource("io.rpcspring.server.pool.Pools#everyStyleOnEveryType")
@ExtendWith(OutputCaptureExtension.class)
class InterceptedCallTests {

    private static final int ROUNDS = 20;

    private static final String REFUSAL = "INVALID_ARGUMENT: bad text";

    private static final Metadata.Key<String> ACT = Metadata.Key.of("x-act", Metadata.ASCII_STRING_MARSHALLER);

    @RegisterExtension
    static final SharedServer SERVER = new SharedServer();

    @Parameter(0)
    Class<?> style = Object.class;

    @Parameter(1)
    String poolType = "";

    private final Diary diary = SERVER.running().bean(Diary.class);

    /** Opens at the end of a test. */
    private final CountDownLatch release = new CountDownLatch(1);

    @BeforeParameterizedClassInvocation
    static void start(Class<?> style, String poolType) {
        SERVER.start(List.of(style, new Diary(), Unruly.class), "rpc.server.pools.default.type=" + poolType,
                "rpc.server.pools.streams.type=" + poolType);
    }

    @AfterEach
    void nothingIsLeft() {
        this.release.countDown();
        SERVER.running().awaitIdle();
        this.diary.clear();
    }

    static Stream<Arguments> everyKindAndRefusal() {
        return withRefusals(Flood.kinds());
    }

    static Stream<Arguments> kindsWithManyRequestsAndRefusal() {
        return withRefusals(Flood.kinds().filter((kind) -> !kind.getType().clientSendsOneMessage()));
    }

    private static Stream<Arguments> withRefusals(Stream<MethodDescriptor<?, ?>> kinds) {
        return kinds.flatMap((kind) -> Stream.of(Act.REFUSE_BY_THROWING, Act.REFUSE_BY_CLOSING)
            .map((act) -> Arguments.arguments(kind, act)));
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void interceptorThatThrowsInCloseDoesNotKeepTheCallOpen(MethodDescriptor<?, ?> kind, CapturedOutput output) {
        Status status = call(kind, Act.THROW_IN_CLOSE).status();
        assertThat(status.getCode()).isEqualTo(Code.UNKNOWN);
        assertThat(status.getDescription()).matches("The server failed, id [0-9a-f]{8}");
        SERVER.running().awaitIdle();
        assertThat(output).containsOnlyOnce("ERROR")
            .contains("Call of " + kind.getFullMethodName() + " failed, "
                    + String.valueOf(status.getDescription()).replaceAll(".*, ", ""))
            .contains("IllegalStateException: metrics registry is closed")
            .doesNotContain("Exception in thread");
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void interceptorThatThrowsInCloseDoesNotHideWhatTheHandlerThrows(MethodDescriptor<?, ?> kind,
            CapturedOutput output) {
        this.diary.beforeResponses((context) -> {
            throw Status.NOT_FOUND.withDescription("no such place").asException();
        });
        assertThat(text(call(kind, Act.THROW_IN_CLOSE))).isEqualTo("NOT_FOUND: no such place");
        SERVER.running().awaitIdle();
        assertThat(output).doesNotContain("ERROR").doesNotContain("Exception in thread");
    }

    @ParameterizedTest
    @MethodSource("everyKindAndRefusal")
    void refusedMessageEndsTheCallForTheHandlerToo(MethodDescriptor<?, ?> kind, Act act, CapturedOutput output) {
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(text(call(kind, act))).isEqualTo(REFUSAL);
        }
        SERVER.running().awaitIdle();
        if (kind.getType().clientSendsOneMessage()) {
            assertThat(this.diary.entries()).isEmpty();
        }
        else if (isObserver()) {
            await().untilAsserted(
                    () -> assertThat(this.diary.entries()).containsOnly(Diary.REQUEST, REFUSAL).hasSize(2 * ROUNDS));
        }
        else {
            // Whether it had begun, and had got the good message, is a matter of luck.
            assertThat(this.diary.entries()).isSubsetOf(Diary.REQUEST, REFUSAL);
        }
        assertThat(OwnLog.of(output)).doesNotContain("WARN").doesNotContain("ERROR");
    }

    @ParameterizedTest
    @MethodSource("kindsWithManyRequestsAndRefusal")
    <Q> void handlerThatIsAtWorkHearsThatAMessageWasRefused(MethodDescriptor<Q, ?> kind, Act act) {
        CompletableFuture<Ended> end = new CompletableFuture<>();
        ClientCall<Q, ?> call = Flood.open(SERVER.running().channel(), kind, CallOptions.DEFAULT, act.headers(), end);
        call.sendMessage(Flood.request(kind));
        this.diary.await(Diary.REQUEST);
        call.sendMessage(Flood.request(kind));
        call.sendMessage(Flood.request(kind));
        call.halfClose();
        assertThat(text(end.orTimeout(20, TimeUnit.SECONDS).join())).isEqualTo(REFUSAL);
        this.diary.await(REFUSAL);
        SERVER.running().awaitIdle();
        assertThat(this.diary.entries()).containsExactly(Diary.REQUEST, REFUSAL);
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void limitOfAnInterceptorEndsTheCallThatRuns(MethodDescriptor<?, ?> kind) {
        this.diary.beforeResponses((context) -> this.release.await());
        assertThat(text(call(kind, Act.LIMIT_WHILE_IT_RUNS))).isEqualTo("DEADLINE_EXCEEDED: context timed out");
        if (this.style == Styles.Plain.class || this.style == Styles.Observers.class) {
            this.diary.await(Diary.INTERRUPTED);
        }
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void limitOfAnInterceptorThatIsOverEndsTheCallBeforeItsHandlerBegins(MethodDescriptor<?, ?> kind) {
        assertThat(text(call(kind, Act.LIMIT_IS_OVER))).isEqualTo("DEADLINE_EXCEEDED: context timed out");
        SERVER.running().awaitIdle();
        assertThat(this.diary.entries()).doesNotContain(Diary.REQUEST, Diary.COMMIT);
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    <Q, R> void limitOfAnInterceptorEndsTheCallWhoseRequestDoesNotCome(MethodDescriptor<Q, R> kind) {
        CompletableFuture<Ended> end = new CompletableFuture<>();
        ClientCall<Q, R> call = Flood.open(SERVER.running().channel(),
                kind.toBuilder().setType(MethodType.BIDI_STREAMING).build(), CallOptions.DEFAULT, Act.LIMIT.headers(),
                end);
        assertThat(text(end.orTimeout(20, TimeUnit.SECONDS).join())).isEqualTo("DEADLINE_EXCEEDED: context timed out");
        call.sendMessage(Flood.request(kind));
        call.halfClose();
        SERVER.running().awaitIdle();
        assertThat(this.diary.entries()).doesNotContain(Diary.REQUEST, Diary.COMMIT);
    }

    /** A call that sends three requests if it may. */
    private static <Q> Ended call(MethodDescriptor<Q, ?> kind, Act act) {
        Q request = Flood.request(kind);
        boolean one = kind.getType().clientSendsOneMessage();
        return Flood
            .call(SERVER.running().channel(), kind, one ? List.of(request) : List.of(request, request, request),
                    CallOptions.DEFAULT, act.headers())
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
    }

    private static String text(Ended end) {
        return end.status().getCode() + ": " + end.status().getDescription();
    }

    private boolean isObserver() {
        return Styles.Observers.class.isAssignableFrom(this.style);
    }

    /** What the interceptor does. */
    enum Act {

        THROW_IN_CLOSE,

        REFUSE_BY_THROWING,

        REFUSE_BY_CLOSING,

        LIMIT_IS_OVER,

        LIMIT,

        LIMIT_WHILE_IT_RUNS;

        private Metadata headers() {
            Metadata headers = new Metadata();
            headers.put(ACT, name());
            return headers;
        }

    }

    /** Does with each call what its headers say. */
    @RpcInterceptor
    static class Unruly implements ServerInterceptor {

        private final Diary diary;

        Unruly(Diary diary) {
            this.diary = diary;
        }

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            Act act = Act.valueOf(headers.get(ACT));
            return switch (act) {
                case THROW_IN_CLOSE -> next.startCall(new Unclosable<>(call), headers);
                case REFUSE_BY_THROWING, REFUSE_BY_CLOSING ->
                    new Refusing<>(next.startCall(call, headers), call, act == Act.REFUSE_BY_THROWING);
                case LIMIT_IS_OVER -> Contexts.interceptCall(limit(0, false), call, headers, next);
                case LIMIT -> Contexts.interceptCall(limit(100, false), call, headers, next);
                case LIMIT_WHILE_IT_RUNS -> Contexts.interceptCall(limit(100, true), call, headers, next);
            };
        }

        private Context.CancellableContext limit(int millis, boolean whenItRuns) {
            return Context.current()
                .withDeadlineAfter(millis, TimeUnit.MILLISECONDS, new Timer(whenItRuns ? this.diary : null));
        }

    }

    /** Keeps the time of one call; a limit is never over before the handler has begun. */
    private static final class Timer extends ScheduledThreadPoolExecutor {

        private final @Nullable Diary begun;

        private Timer(@Nullable Diary begun) {
            super(1);
            this.begun = begun;
        }

        @Override
        protected void beforeExecute(Thread thread, Runnable task) {
            if (this.begun != null) {
                this.begun.await(Diary.COMMIT);
            }
        }

        @Override
        protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
            shutdown();
        }

    }

    /**
     * Does not let its end through.
     *
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     */
    private static final class Unclosable<Q, R> extends ForwardingServerCall.SimpleForwardingServerCall<Q, R> {

        private Unclosable(ServerCall<Q, R> call) {
            super(call);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            throw new IllegalStateException("metrics registry is closed");
        }

    }

    /**
     * Refuses a message: the only one, or the second.
     *
     * @param <Q> the type of the requests
     */
    private static final class Refusing<Q> extends ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {

        private final ServerCall<Q, ?> call;

        private final boolean throwing;

        private int left;

        private Refusing(ServerCall.Listener<Q> listener, ServerCall<Q, ?> call, boolean throwing) {
            super(listener);
            this.call = call;
            this.throwing = throwing;
            this.left = call.getMethodDescriptor().getType().clientSendsOneMessage() ? 0 : 1;
        }

        @Override
        public void onMessage(Q message) {
            if (this.left-- != 0) {
                super.onMessage(message);
                return;
            }
            Status refusal = Status.INVALID_ARGUMENT.withDescription("bad text");
            if (this.throwing) {
                throw refusal.asRuntimeException();
            }
            this.call.close(refusal, new Metadata());
        }

    }

}
