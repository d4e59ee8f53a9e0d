package io.rpcspring.server.error;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcExceptionHandler;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.OwnLog;
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
import io.rpcspring.server.call.ChainLink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Wherever something is thrown on the way of a call: it is mapped once, logged at most
 * once, and the call ends once, as the meters see it.
 */
@ParameterizedClass
@ValueSource(classes = { FailureMatrixTests.Plain.class, FailureMatrixTests.Returning.class,
        FailureMatrixTests.Throwing.class, FailureMatrixTests.Erring.class, FailureMatrixTests.Both.class })
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class FailureMatrixTests {

    private static final AtomicInteger asked = new AtomicInteger();

    private static final List<Status.Code> metered = new CopyOnWriteArrayList<>();

    private static volatile Site site = Site.BEFORE;

    private static volatile boolean known;

    private static @Nullable PlacesServer server;

    @Parameter
    Class<?> service = Object.class;

    @BeforeParameterizedClassInvocation
    static void start(Class<?> service) {
        server = PlacesServer.start(List.of(service, Advice.class, Mapper.class, Interceptor.class, Meter.class,
                new ChainLink(ChainLink.Place.SECURITY, new Guard())));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server().close();
    }

    private static PlacesServer server() {
        return Objects.requireNonNull(server);
    }

    private boolean observes() {
        return BindableService.class.isAssignableFrom(this.service);
    }

    @ParameterizedTest
    @EnumSource
    void failureIsMappedOnceAndLoggedAtMostOnce(Site where, CapturedOutput output) {
        Assumptions.assumeTrue(where != Site.OBSERVER_READY || observes());
        for (MethodDescriptor<?, ?> kind : PlacesGrpc.getServiceDescriptor().getMethods()) {
            for (boolean mapped : new boolean[] { true, false }) {
                assertFails(where, mapped, kind, output);
            }
        }
    }

    private <Q, R> void assertFails(Site where, boolean mapped, MethodDescriptor<Q, R> kind, CapturedOutput output) {
        String what = kind.getBareMethodName() + ", mapped " + mapped;
        site = where;
        known = mapped;
        asked.set(0);
        metered.clear();
        int before = OwnLog.of(output).length();
        Q request = Flood.request(kind);
        List<Q> requests = kind.getType().clientSendsOneMessage() ? List.of(request) : List.of(request, request);
        Ended end = Flood.call(server().channel(), kind, requests, CallOptions.DEFAULT, new Metadata())
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
        assertThat(end.status().getCode()).as(what).isEqualTo(mapped ? Code.FAILED_PRECONDITION : Code.UNKNOWN);
        assertThat(end.status().getDescription()).as(what)
            .matches(mapped ? "by the advice" : "The server failed, id [0-9a-f]{8}");
        server().awaitIdle();
        await().pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(2))
            .untilAsserted(() -> assertThat(metered).as(what).containsExactly(end.status().getCode()));
        assertThat(asked).as(what).hasValue(1);
        assertThat(OwnLog.of(output).substring(before).lines()).as(what)
            .filteredOn((line) -> line.contains("ERROR") || line.contains("WARN"))
            .hasSize(mapped ? 0 : 1);
    }

    private static RuntimeException failure() {
        return known ? new IllegalArgumentException("known") : new IllegalStateException("secret");
    }

    private static void at(Site here) {
        if (site == here) {
            throw failure();
        }
    }

    /** Where something is thrown. */
    enum Site {

        BEFORE, BETWEEN, AFTER, OBSERVER_READY,

        SECURITY,

        INTERCEPT_CALL, ON_MESSAGE, ON_HALF_CLOSE, ON_READY, SEND_HEADERS, SEND_MESSAGE, CLOSE

    }

    /** A plain object that blocks. */
    @RpcService(PlacesGrpc.class)
    static class Plain {

        Place find(PlaceName name) {
            List.of(Site.BEFORE, Site.BETWEEN, Site.AFTER).forEach(FailureMatrixTests::at);
            return Place.getDefaultInstance();
        }

        void within(Area area, MessageSender<Place> out) {
            at(Site.BEFORE);
            out.send(Place.getDefaultInstance());
            at(Site.BETWEEN);
            out.send(Place.getDefaultInstance());
            at(Site.AFTER);
        }

        Distance travel(MessageReceiver<Point> in) {
            at(Site.BEFORE);
            in.next();
            at(Site.BETWEEN);
            in.forEach((point) -> {
            });
            at(Site.AFTER);
            return Distance.getDefaultInstance();
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            at(Site.BEFORE);
            out.send(in.next());
            at(Site.BETWEEN);
            in.forEach(out::send);
            at(Site.AFTER);
        }

    }

    /** A plain object that returns what fails later. */
    @RpcService(PlacesGrpc.class)
    static class Returning {

        private final Plain plain = new Plain();

        CompletionStage<Place> find(PlaceName name) {
            return CompletableFuture.supplyAsync(() -> this.plain.find(name));
        }

        Stream<Place> within(Area area) {
            return Stream.of(Site.BEFORE, Site.BETWEEN, Site.AFTER).map((each) -> {
                at(each);
                return Place.getDefaultInstance();
            });
        }

        CompletionStage<Distance> travel(MessageReceiver<Point> in) {
            return CompletableFuture.supplyAsync(() -> this.plain.travel(in));
        }

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            this.plain.notes(in, out);
        }

    }

    /** A generated base class that throws. */
    @RpcService
    static class Throwing extends PlacesGrpc.PlacesImplBase {

        /** Fails here, if it should: it throws, or says that nothing is left to do. */
        boolean isFailed(Site here, StreamObserver<?> response) {
            at(here);
            return false;
        }

        /** Whoever waits to be ready neither responds nor ends before. */
        private boolean waits(StreamObserver<?> response) {
            ((ServerCallStreamObserver<?>) response).setOnReadyHandler(() -> isFailed(Site.OBSERVER_READY, response));
            return site == Site.OBSERVER_READY;
        }

        private <R> void respond(StreamObserver<R> response, R message, Site... sites) {
            for (Site each : sites) {
                if (isFailed(each, response)) {
                    return;
                }
                if (each != Site.BEFORE) {
                    response.onNext(message);
                }
            }
            response.onCompleted();
        }

        @Override
        public void find(PlaceName name, StreamObserver<Place> response) {
            if (!waits(response) && !isFailed(Site.BEFORE, response) && !isFailed(Site.BETWEEN, response)) {
                respond(response, Place.getDefaultInstance(), Site.AFTER);
            }
        }

        @Override
        public void within(Area area, StreamObserver<Place> response) {
            if (!waits(response)) {
                respond(response, Place.getDefaultInstance(), Site.BEFORE, Site.BETWEEN, Site.AFTER);
            }
        }

        @Override
        public StreamObserver<Point> travel(StreamObserver<Distance> response) {
            return requests(response, (point) -> isFailed(Site.BETWEEN, response),
                    () -> respond(response, Distance.getDefaultInstance(), Site.AFTER));
        }

        @Override
        public StreamObserver<Note> notes(StreamObserver<Note> response) {
            return requests(response, (note) -> {
                response.onNext(note);
                return isFailed(Site.BETWEEN, response);
            }, () -> respond(response, Note.getDefaultInstance(), Site.AFTER));
        }

        private <Q> StreamObserver<Q> requests(StreamObserver<?> response, Predicate<Q> each, Runnable last) {
            boolean over = waits(response) || isFailed(Site.BEFORE, response);
            return new StreamObserver<>() {

                private boolean ended = over;

                @Override
                public void onNext(Q request) {
                    this.ended = this.ended || each.test(request);
                }

                @Override
                public void onError(Throwable thrown) {
                }

                @Override
                public void onCompleted() {
                    if (!this.ended) {
                        last.run();
                    }
                }

            };
        }

    }

    /** A generated base class that gives its failures to the observer. */
    @RpcService
    static class Erring extends Throwing {

        @Override
        boolean isFailed(Site here, StreamObserver<?> response) {
            if (site != here) {
                return false;
            }
            response.onError(failure());
            return true;
        }

    }

    /** One that gives its failures to the observer, and throws them, too. */
    @RpcService
    static class Both extends Throwing {

        @Override
        boolean isFailed(Site here, StreamObserver<?> response) {
            if (site == here) {
                RuntimeException failure = failure();
                response.onError(failure);
                throw failure;
            }
            return false;
        }

    }

    /** Throws before the application's interceptors, as whoever lets nobody in. */
    private static final class Guard implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            at(Site.SECURITY);
            return next.startCall(call, headers);
        }

    }

    /** Throws on the way to the handler and back. */
    @RpcInterceptor
    static class Interceptor implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            at(Site.INTERCEPT_CALL);
            return new Listener<>(next.startCall(new Call<>(call), headers));
        }

    }

    /** Throws on the way back. */
    private static final class Call<Q, R> extends SimpleForwardingServerCall<Q, R> {

        private Call(ServerCall<Q, R> call) {
            super(call);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            at(Site.SEND_HEADERS);
            super.sendHeaders(headers);
        }

        @Override
        public void sendMessage(R message) {
            at(Site.SEND_MESSAGE);
            super.sendMessage(message);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            at(Site.CLOSE);
            super.close(status, trailers);
        }

    }

    /** Throws on the way to the handler. */
    private static final class Listener<Q> extends SimpleForwardingServerCallListener<Q> {

        private Listener(ServerCall.Listener<Q> listener) {
            super(listener);
        }

        @Override
        public void onMessage(Q message) {
            at(Site.ON_MESSAGE);
            super.onMessage(message);
        }

        @Override
        public void onHalfClose() {
            at(Site.ON_HALF_CLOSE);
            super.onHalfClose();
        }

        @Override
        public void onReady() {
            at(Site.ON_READY);
            super.onReady();
        }

    }

    /** Knows one of the two. */
    @RpcAdvice
    static class Advice {

        @RpcExceptionHandler
        Status known(IllegalArgumentException ex) {
            asked.incrementAndGet();
            return Status.FAILED_PRECONDITION.withDescription("by the advice");
        }

    }

    /** Counts what no advice knows. */
    static class Mapper implements ExceptionMapper {

        @Override
        public @Nullable StatusException map(Throwable thrown) {
            asked.incrementAndGet();
            return null;
        }

    }

    /** Counts ends as meters do. */
    static class Meter implements RpcServerCustomizer {

        @Override
        public void customize(ServerBuilder<?> builder) {
            builder.addStreamTracerFactory(new ServerStreamTracer.Factory() {

                @Override
                public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                    return new ServerStreamTracer() {

                        @Override
                        public void streamClosed(Status status) {
                            metered.add(status.getCode());
                        }

                    };
                }

            });
        }

    }

}
