package io.rpcspring.server.observer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.StringUtils;

import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.OwnLog;
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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Observers that services use from other threads, and after the end of their call.
 */
@ExtendWith(OutputCaptureExtension.class)
class ResponsesTests {

    private static final int THREADS = 8;

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort().withBean(Stubborn.class);

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void secondEndIsIgnoredAndLoggedOnce(MethodDescriptor<?, ?> method, CapturedOutput output) {
        assertForgiven(method, output, "onCompleted", StreamObserver::onCompleted);
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void messageAfterTheEndIsIgnoredAndLoggedOnce(MethodDescriptor<?, ?> method, CapturedOutput output) {
        assertForgiven(method, output, "onNext", (response) -> response.onNext(Note.getDefaultInstance()));
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void errorAfterTheEndIsIgnoredAndLoggedOnce(MethodDescriptor<?, ?> method, CapturedOutput output) {
        assertForgiven(method, output, "onError", (response) -> response.onError(new IllegalStateException("late")));
        assertThat(output).doesNotContain("IllegalStateException: late");
    }

    private void assertForgiven(MethodDescriptor<?, ?> method, CapturedOutput output, String use,
            Consumer<StreamObserver<Object>> late) {
        run((stubborn, connection) -> {
            stubborn.use = (response, message) -> {
                response.onNext(message);
                response.onCompleted();
                late.accept(response);
                late.accept(response);
            };
            try (RpcStream<?, ?> call = call(connection, method)) {
                assertThat(call.hasNext()).isTrue();
                call.next();
                assertThat(call.hasNext()).isFalse();
                assertThat(call.status().isOk()).isTrue();
            }
            assertThat(stubborn.outcome()).isEqualTo("no exception");
            assertThat(output).containsOnlyOnce("Ignored: " + use + " after the end of a call, in "
                    + Stubborn.class.getName() + "." + StringUtils.uncapitalize(method.getBareMethodName()));
        });
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void anythingAfterAnErrorIsIgnored(MethodDescriptor<?, ?> method, CapturedOutput output) {
        run((stubborn, connection) -> {
            stubborn.use = (response, message) -> {
                response.onError(Status.DATA_LOSS.asRuntimeException());
                response.onNext(message);
                response.onError(new IllegalStateException("late"));
                response.onCompleted();
            };
            try (RpcStream<?, ?> call = call(connection, method)) {
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call::hasNext)
                    .withMessage("DATA_LOSS");
            }
            assertThat(stubborn.outcome()).isEqualTo("no exception");
            assertThat(OwnLog.of(output)).containsOnlyOnce("Ignored: onNext after the end of a call, in ")
                .doesNotContain("IllegalStateException");
        });
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void anythingAfterTheClientHasCancelledIsIgnoredAndOnlyDebugSaysSo(MethodDescriptor<?, ?> method,
            CapturedOutput output) {
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel(Responses.class.getName(), LogLevel.DEBUG);
        run((stubborn, connection) -> {
            CountDownLatch entered = new CountDownLatch(1);
            stubborn.use = (response, message) -> {
                entered.countDown();
                await().until(response::isCancelled);
                for (int i = 0; i < 1000; i++) {
                    response.onNext(message);
                }
                response.onCompleted();
            };
            RpcStream<?, ?> call = call(connection, method);
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            call.close();
            assertThat(stubborn.outcome()).isEqualTo("no exception");
        });
        logging.setLogLevel(Responses.class.getName(), null);
        assertThat(OwnLog.of(output)).containsOnlyOnce("Ignored: onNext after the client has cancelled the call, in ")
            .doesNotContain("WARN")
            .doesNotContain("ERROR");
    }

    @ParameterizedTest
    @MethodSource("io.rpcspring.fixture.Flood#kinds")
    void manyThreadsRespondToOneCallAndEndIt(MethodDescriptor<?, ?> method, CapturedOutput output) {
        int each = method.getType().serverSendsOneMessage() ? 0 : 300;
        run((stubborn, connection) -> {
            stubborn.use = (response, message) -> {
                response.onNext(message);
                onManyThreads(() -> {
                    for (int i = 0; i < each; i++) {
                        response.onNext(message);
                    }
                });
                onManyThreads(response::onCompleted);
            };
            try (RpcStream<?, ?> call = call(connection, method)) {
                int received = 0;
                while (call.hasNext()) {
                    call.next();
                    received++;
                }
                assertThat(received).isEqualTo(1 + THREADS * each);
                assertThat(call.status().isOk()).isTrue();
            }
            assertThat(stubborn.outcome()).isEqualTo("no exception");
            assertThat(output).containsOnlyOnce("Ignored: onCompleted");
        });
    }

    @Test
    void observersKeepWhatGrpcJavaPromises() {
        run((stubborn, connection) -> {
            BlockingQueue<String> events = new LinkedBlockingQueue<>();
            stubborn.begin = (response) -> {
                response.setOnReadyThreshold(1024);
                response.setCompression("gzip");
                response.setMessageCompression(true);
                response.setOnReadyHandler(() -> events.add("ready"));
                response.setOnCancelHandler(() -> events.add("cancelled"));
                response.setOnCloseHandler(() -> events.add("closed"));
                response.disableAutoRequest();
                response.request(1);
            };
            stubborn.use = (response, message) -> {
                try {
                    response.setOnReadyHandler(() -> {
                    });
                }
                catch (IllegalStateException ex) {
                    events.add("frozen");
                }
                response.onNext(message);
                response.onCompleted();
            };
            try (RpcStream<?, ?> call = call(connection, PlacesGrpc.getNotesMethod())) {
                assertThat(call.hasNext()).isTrue();
                call.next();
                assertThat(call.hasNext()).isFalse();
            }
            await().untilAsserted(() -> assertThat(events).containsSubsequence("ready", "frozen", "closed")
                .doesNotContain("cancelled"));
        });
    }

    @Test
    void observersBehindJdkProxiesForgiveToo(CapturedOutput output) {
        StarterRunner.withServerOnFreePort().withBean(BindableService.class, () -> {
            ProxyFactory factory = new ProxyFactory(new Stubborn());
            factory.setProxyTargetClass(false);
            return (BindableService) factory.getProxy();
        }).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                await().untilAsserted(() -> assertThat(output)
                    .contains("Ignored: onCompleted after the end of a call, in " + Stubborn.class.getName()));
            }
        });
    }

    @Test
    void servicesThatBindThemselvesKeepTheirDefinition(CapturedOutput output) {
        StarterRunner.withServerOnFreePort().withBean(OwnBinding.class).run((context) -> {
            try (Connection connection = Connection.to(context)) {
                ClockGrpc.ClockBlockingStub clock = ClockGrpc.newBlockingStub(connection.channel());
                assertThat(clock.timeAt(PlaceName.getDefaultInstance()).getZone()).isEqualTo("own");
                assertThat(context.getBean(OwnBinding.class).late.poll(10, TimeUnit.SECONDS))
                    .isEqualTo("Stream is already completed, no further calls are allowed");
            }
        });
        assertThat(output).containsOnlyOnce("Ignored: a status after the end of a call of clock.v1.Clock/TimeAt");
    }

    /** A client that sends what the service refuses, again and again. */
    @Test
    void clientThatProvokesTheMistakeFillsNoLog(CapturedOutput output) {
        run((stubborn, connection) -> {
            stubborn.use = (response, message) -> {
                response.onError(Status.INVALID_ARGUMENT.asException());
                response.onNext(message);
                response.onCompleted();
            };
            for (int i = 0; i < 50; i++) {
                try (RpcStream<?, ?> call = call(connection, PlacesGrpc.getTravelMethod())) {
                    assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call::hasNext)
                        .withMessage("INVALID_ARGUMENT");
                }
                assertThat(stubborn.outcome()).isEqualTo("no exception");
            }
        });
        assertThat(OwnLog.of(output).lines().filter((line) -> line.contains("WARN"))).hasSize(10)
            .allMatch((line) -> line.contains("Ignored: onNext after the end of a call, in "));
    }

    private void run(Check check) {
        this.runner.run((context) -> {
            assertThat(context).hasNotFailed();
            try (Connection connection = Connection.to(context)) {
                check.run(context.getBean(Stubborn.class), connection);
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static <Q> RpcStream<?, ?> call(Connection connection, MethodDescriptor<Q, ?> method) {
        Q request = ((MethodDescriptor.PrototypeMarshaller<Q>) method.getRequestMarshaller()).getMessagePrototype();
        RpcStream<Q, ?> call = RpcStream.open(connection.channel(), method);
        call.send(request);
        call.halfClose();
        return call;
    }

    private static void onManyThreads(Runnable use) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        IntStream.range(0, THREADS).forEach((i) -> threads.add(new Thread(use)));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(30).toMillis());
        }
    }

    /** What a test does with a running server. */
    private interface Check {

        void run(Stubborn stubborn, Connection connection) throws Exception;

    }

    /** How a service uses an observer. */
    private interface Use {

        void of(ServerCallStreamObserver<Object> response, Object message) throws Exception;

    }

    /** Responds from threads of its own, when the client has half-closed. */
    @RpcService
    static class Stubborn extends PlacesGrpc.PlacesImplBase {

        private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();

        private volatile Consumer<ServerCallStreamObserver<?>> begin = (response) -> {
        };

        private volatile Use use = (response, message) -> {
            response.onNext(message);
            response.onCompleted();
            response.onCompleted();
        };

        @Override
        public void find(PlaceName request, StreamObserver<Place> response) {
            respond(response, Place.newBuilder().setName("Zurich").build());
        }

        @Override
        public void within(Area request, StreamObserver<Place> response) {
            respond(response, Place.getDefaultInstance());
        }

        @Override
        public StreamObserver<Point> travel(StreamObserver<Distance> response) {
            return respondAtHalfClose(response, Distance.getDefaultInstance());
        }

        @Override
        public StreamObserver<Note> notes(StreamObserver<Note> response) {
            return respondAtHalfClose(response, Note.getDefaultInstance());
        }

        private <Q, R> StreamObserver<Q> respondAtHalfClose(StreamObserver<R> response, R message) {
            this.begin.accept((ServerCallStreamObserver<?>) response);
            return new StreamObserver<>() {

                @Override
                public void onNext(Q request) {
                }

                @Override
                public void onError(Throwable thrown) {
                }

                @Override
                public void onCompleted() {
                    respond(response, message);
                }

            };
        }

        @SuppressWarnings("unchecked")
        private <R> void respond(StreamObserver<R> response, R message) {
            new Thread(() -> {
                try {
                    this.use.of((ServerCallStreamObserver<Object>) response, message);
                    this.outcomes.add("no exception");
                }
                catch (Throwable ex) {
                    this.outcomes.add(ex.toString());
                }
            }, "responder").start();
        }

        private @Nullable String outcome() throws InterruptedException {
            return this.outcomes.poll(30, TimeUnit.SECONDS);
        }

    }

    /** Makes its own definition. */
    @RpcService
    static class OwnBinding implements BindableService, ClockGrpc.AsyncService {

        private final BlockingQueue<String> late = new LinkedBlockingQueue<>();

        @Override
        public ServerServiceDefinition bindService() {
            return ServerServiceDefinition.builder(ClockGrpc.getServiceDescriptor())
                .addMethod(ClockGrpc.getTimeAtMethod(), ServerCalls.asyncUnaryCall(this::own))
                .build();
        }

        private void own(PlaceName request, StreamObserver<LocalTime> response) {
            response.onNext(LocalTime.newBuilder().setZone("own").build());
            response.onCompleted();
            response.onCompleted();
            try {
                response.onNext(LocalTime.getDefaultInstance());
            }
            catch (IllegalStateException ex) {
                this.late.add(String.valueOf(ex.getMessage()));
            }
        }

    }

}
