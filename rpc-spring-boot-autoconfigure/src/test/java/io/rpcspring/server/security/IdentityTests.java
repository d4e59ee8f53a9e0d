package io.rpcspring.server.security;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.security.concurrent.DelegatingSecurityContextScheduledExecutorService;
import org.springframework.security.task.DelegatingSecurityContextAsyncTaskExecutor;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcExceptionHandler;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;
import io.rpcspring.server.ExceptionMapper;
import io.rpcspring.server.RpcServerCustomizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Who calls is there wherever the application's code runs for his call, on each kind of
 * thread, with and without context-propagation.
 */
@ParameterizedClass(name = "{0} on {1} threads, propagation {2}")
@MethodSource("servers")
class IdentityTests {

    private static final String ANNA = Tokens.of("anna");

    /** Who was seen where. */
    private static final Map<String, Set<String>> seen = new ConcurrentHashMap<>();

    private static @Nullable PlacesServer server;

    @Parameter(0)
    Class<?> style = Object.class;

    @Parameter(1)
    String threads = "";

    @Parameter(2)
    boolean propagation;

    static Stream<Arguments> servers() {
        boolean virtual = Runtime.version().feature() >= 21;
        return Stream.of(Plain.class, Observers.class)
            .flatMap((style) -> (virtual ? Stream.of("platform", "virtual") : Stream.of("platform"))
                .flatMap((threads) -> Stream.of(true, false)
                    .map((propagation) -> Arguments.of(style, threads, propagation))));
    }

    @BeforeParameterizedClassInvocation
    static void start(Class<?> style, String threads, boolean propagation) {
        List<Object> beans = List.of(style, Interceptor.class, Advice.class, Mapper.class, Outside.class, Later.class,
                Elsewhere.class, Tokens.decoder());
        String[] properties = { "rpc.server.pools.default.type=" + threads, "rpc.server.pools.streams.type=" + threads,
                "rpc.server.pools.default.size=1", "rpc.server.pools.streams.size=1",
                "rpc.server.security.default-access=permit-all" };
        server = propagation ? Secured.start(beans, properties) : PlacesServer
            .start(Stream.concat(beans.stream(), Stream.of(Secured.AUTO_CONFIGURATION)).toList(), properties);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server().close();
    }

    private static PlacesServer server() {
        return Objects.requireNonNull(server);
    }

    static Stream<MethodDescriptor<?, ?>> kinds() {
        return Flood.kinds();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void callerIsSeenWhereverHisCallRuns(MethodDescriptor<?, ?> kind) {
        assertThat(places(kind, Secured.bearer(ANNA), ""))
            .allSatisfy((where, who) -> assertThat(who).as(where).containsExactly("anna"))
            .containsKeys("interceptCall", "onMessage", "onHalfClose", "sendHeaders", "close", "handler", "onComplete",
                    "async", "scheduled");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    <Q> void callerIsSeenWhereItIsToldThatHeHasGone(MethodDescriptor<Q, ?> kind) {
        seen.clear();
        Metadata headers = Secured.bearer(ANNA);
        headers.put(Interceptor.FAILING, "waiting");
        ClientCall<Q, ?> call = Flood.open(server().channel(), kind, CallOptions.DEFAULT, headers,
                new CompletableFuture<>());
        call.sendMessage(Flood.request(kind));
        boolean single = kind.getType().clientSendsOneMessage();
        if (single) {
            call.halfClose();
        }
        await().until(() -> seen.containsKey(single ? "handler" : "receiving"));
        call.cancel("on purpose", null);
        Map<String, Set<String>> places = places();
        assertThat(places).allSatisfy((where, who) -> assertThat(who).as(where).containsExactly("anna"))
            .containsKey("onCancel");
        if (this.style == Observers.class) {
            assertThat(places).containsKeys(single ? "onCancelHandler" : "onError", "onCancelHandler");
        }
        else if (single) {
            assertThat(places).containsKey("interrupted");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void strangerIsAnonymous(MethodDescriptor<?, ?> kind) {
        assertThat(places(kind, Secured.nobody(), ""))
            .allSatisfy((where, who) -> assertThat(who).as(where).containsExactly("anonymousUser"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void advicesAndMappersSeeTheCaller(MethodDescriptor<?, ?> kind) {
        for (String failing : List.of("handler", "interceptor")) {
            assertThat(places(kind, Secured.bearer(ANNA), failing)).as(failing)
                .allSatisfy((where, who) -> assertThat(who).as(where).containsExactly("anna"))
                .containsKeys(failing.equals("handler") ? "advice" : "mapper");
        }
    }

    /** Which places of the application's code have seen whom in a call. */
    private static Map<String, Set<String>> places(MethodDescriptor<?, ?> kind, Metadata headers, String failing) {
        seen.clear();
        headers.put(Interceptor.FAILING, failing);
        Ended end = Secured.call(server().channel(), kind, headers);
        assertThat(end.status().getCode()).isEqualTo(failing.isEmpty() ? Status.Code.OK : Status.Code.UNKNOWN);
        return places();
    }

    private static Map<String, Set<String>> places() {
        await().until(() -> seen.containsKey("end") || "interceptor".equals(Interceptor.failing));
        server().awaitIdle();
        server().context()
            .getBeansOfType(ExecutorService.class)
            .forEach((name, threads) -> assertThat(
                    CompletableFuture.supplyAsync(WhoPlaces::here, threads).orTimeout(20, TimeUnit.SECONDS).join())
                .as(name)
                .isNull());
        Map<String, Set<String>> places = new TreeMap<>();
        seen.forEach((where, who) -> places.put(where, new TreeSet<>(who)));
        places.remove("end");
        assertThat(places.remove("outside")).as("left on threads").containsExactly("null");
        return places;
    }

    private static void see(String where) {
        seen.computeIfAbsent(where, (key) -> new ConcurrentSkipListSet<>()).add(String.valueOf(WhoPlaces.here()));
    }

    private static void handle(@Nullable RpcContext call) {
        see("handler");
        server().bean(Elsewhere.class).async();
        var unused = new DelegatingSecurityContextScheduledExecutorService(
                server().bean(ScheduledExecutorService.class))
            .schedule(() -> see("scheduled"), 0, TimeUnit.MILLISECONDS);
        if (call != null) {
            seen.computeIfAbsent("principal", (key) -> new ConcurrentSkipListSet<>())
                .add((call.principal() != null) ? call.principal().getName() : "anonymousUser");
        }
        if ("handler".equals(Interceptor.failing)) {
            throw new IllegalArgumentException("on purpose");
        }
    }

    private static boolean isWaiting() {
        return "waiting".equals(Interceptor.failing);
    }

    /** A plain object. */
    @RpcService(PlacesGrpc.class)
    static class Plain {

        CompletionStage<Place> find(PlaceName name, RpcContext call) {
            handle(call);
            waitIfAsked();
            return CompletableFuture.supplyAsync(Place::getDefaultInstance);
        }

        void within(Area area, MessageSender<Place> out, RpcContext call) {
            out.send(Place.getDefaultInstance());
            handle(call);
            waitIfAsked();
        }

        Distance travel(MessageReceiver<Point> in, RpcContext call) {
            in.forEach((point) -> see("receiving"));
            handle(call);
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out, RpcContext call) {
            in.forEach((note) -> {
                see("receiving");
                out.send(note);
            });
            handle(call);
        }

        private static void waitIfAsked() {
            try {
                if (isWaiting()) {
                    new CountDownLatch(1).await();
                }
            }
            catch (InterruptedException ex) {
                see("interrupted");
            }
        }

    }

    /** A generated base class. */
    @RpcService
    static class Observers extends PlacesGrpc.PlacesImplBase {

        @Override
        public void find(PlaceName name, StreamObserver<Place> response) {
            listen(response);
            respond(response, Place.getDefaultInstance());
        }

        @Override
        public void within(Area area, StreamObserver<Place> response) {
            ServerCallStreamObserver<Place> own = listen(response);
            own.setOnReadyHandler(() -> see("onReadyHandler"));
            own.setOnCloseHandler(() -> see("onCloseHandler"));
            respond(response, Place.getDefaultInstance());
        }

        @Override
        public StreamObserver<Point> travel(StreamObserver<Distance> response) {
            listen(response);
            return requests(() -> respond(response, Distance.getDefaultInstance()));
        }

        @Override
        public StreamObserver<Note> notes(StreamObserver<Note> response) {
            listen(response);
            return requests(() -> respond(response, Note.getDefaultInstance()));
        }

        private static <R> ServerCallStreamObserver<R> listen(StreamObserver<R> response) {
            ServerCallStreamObserver<R> own = (ServerCallStreamObserver<R>) response;
            own.setOnCancelHandler(() -> see("onCancelHandler"));
            return own;
        }

        private static <R> void respond(StreamObserver<R> response, R message) {
            handle(null);
            if (isWaiting()) {
                return;
            }
            response.onNext(message);
            response.onCompleted();
        }

        private static <Q> StreamObserver<Q> requests(Runnable last) {
            return new StreamObserver<>() {

                @Override
                public void onNext(Q request) {
                    see("receiving");
                }

                @Override
                public void onError(Throwable thrown) {
                    see("onError");
                }

                @Override
                public void onCompleted() {
                    last.run();
                }

            };
        }

    }

    /**
     * Goes on with a call on threads of its own, one a kind, as Spring Security offers
     * it.
     */
    @EnableAsync(proxyTargetClass = true)
    static class Later {

        @Bean
        ExecutorService threads() {
            return Executors.newSingleThreadExecutor();
        }

        @Bean
        AsyncTaskExecutor async(ExecutorService threads) {
            return new DelegatingSecurityContextAsyncTaskExecutor(new TaskExecutorAdapter(threads));
        }

        @Bean
        ScheduledExecutorService timer() {
            return Executors.newSingleThreadScheduledExecutor();
        }

    }

    /** Works for a call elsewhere. */
    static class Elsewhere {

        @Async("async")
        void async() {
            see("async");
        }

    }

    /** Looks before anybody can be known. */
    static class Outside implements RpcServerCustomizer {

        @Override
        public void customize(ServerBuilder<?> builder) {
            builder.intercept(new ServerInterceptor() {

                @Override
                public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                        ServerCallHandler<Q, R> next) {
                    see("outside");
                    return next.startCall(call, headers);
                }

            });
        }

    }

    /** Sees all that interceptors can. */
    @RpcInterceptor
    static class Interceptor implements ServerInterceptor {

        static final Metadata.Key<String> FAILING = Metadata.Key.of("failing", Metadata.ASCII_STRING_MARSHALLER);

        private static volatile @Nullable String failing;

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            failing = headers.get(FAILING);
            see("interceptCall");
            ServerCall.Listener<Q> listener = next.startCall(new SimpleForwardingServerCall<>(call) {

                @Override
                public void sendHeaders(Metadata sent) {
                    see("sendHeaders");
                    super.sendHeaders(sent);
                }

                @Override
                public void close(Status status, Metadata trailers) {
                    see("close");
                    super.close(status, trailers);
                }

            }, headers);
            return new SimpleForwardingServerCallListener<>(listener) {

                @Override
                public void onMessage(Q message) {
                    see("onMessage");
                    if ("interceptor".equals(failing)) {
                        throw new IllegalStateException("on purpose");
                    }
                    super.onMessage(message);
                }

                @Override
                public void onHalfClose() {
                    see("onHalfClose");
                    super.onHalfClose();
                }

                @Override
                public void onReady() {
                    see("onReady");
                    super.onReady();
                }

                @Override
                public void onComplete() {
                    see("onComplete");
                    super.onComplete();
                    see("end");
                }

                @Override
                public void onCancel() {
                    see("onCancel");
                    super.onCancel();
                    see("end");
                }

            };
        }

    }

    /** Knows what handlers throw. */
    @RpcAdvice
    static class Advice {

        @RpcExceptionHandler
        Status known(IllegalArgumentException ex, RpcContext call) {
            see("advice");
            return Status.UNKNOWN;
        }

    }

    /** Is asked about all else. */
    static class Mapper implements ExceptionMapper {

        @Override
        public @Nullable StatusException map(Throwable thrown) {
            see("mapper");
            return null;
        }

    }

}
