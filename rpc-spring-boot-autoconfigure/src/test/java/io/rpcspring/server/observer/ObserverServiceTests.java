package io.rpcspring.server.observer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.RpcService;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.server.ExceptionMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * StreamObserver services that do what they should not.
 */
@ExtendWith(OutputCaptureExtension.class)
class ObserverServiceTests {

    private static final int THREADS = 8;

    private static final int EACH = 500;

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort().withBean(Careless.class);

    @Test
    void messagesFromManyThreadsArriveWholeAndOnce() {
        this.runner.run((context) -> {
            try (Connection connection = Connection.to(context)) {
                List<String> names = new ArrayList<>();
                connection.places()
                    .within(Area.getDefaultInstance())
                    .forEachRemaining((place) -> names.add(place.getName()));
                assertThat(names).hasSize(THREADS * EACH).doesNotHaveDuplicates();
            }
        });
    }

    @Test
    void whatTheServiceThrowsIsMappedAndLoggedOnce(CapturedOutput output) {
        this.runner.run((context) -> {
            try (Connection connection = Connection.to(context)) {
                for (String how : List.of("throw", "onError")) {
                    assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find(how))
                        .withMessageMatching("UNKNOWN: The server failed, id [0-9a-f]{8}")
                        .satisfies((ex) -> assertThat(output)
                            .containsOnlyOnce("id " + String.valueOf(ex.getMessage()).replaceAll(".* ", "")));
                }
                assertThat(output).contains("IllegalStateException: throw").contains("IllegalStateException: onError");
            }
        });
    }

    @Test
    void statusesThatTheServiceGivesArePassedOn(CapturedOutput output) {
        this.runner.run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find("status"))
                    .withMessage("UNKNOWN: on purpose");
            }
        });
        assertThat(output).doesNotContain("ERROR");
    }

    @Test
    void exceptionMappersApply() {
        this.runner
            .withBean(ExceptionMapper.class,
                    () -> (thrown) -> Status.ABORTED.withDescription(thrown.getMessage()).asException())
            .run((context) -> {
                try (Connection connection = Connection.to(context)) {
                    for (String how : List.of("throw", "onError")) {
                        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> connection.find(how))
                            .withMessage("ABORTED: " + how);
                    }
                }
            });
    }

    /** Sends from many threads, and throws. */
    @RpcService
    static class Careless extends PlacesFixture {

        @Override
        public void find(PlaceName request, StreamObserver<Place> response) {
            if (request.getName().equals("throw")) {
                throw new IllegalStateException("throw");
            }
            IllegalStateException cause = new IllegalStateException("onError");
            boolean mapped = request.getName().equals("status");
            response
                .onError(mapped ? Status.UNKNOWN.withDescription("on purpose").withCause(cause).asException() : cause);
        }

        @Override
        public void within(Area request, StreamObserver<Place> response) {
            CountDownLatch done = new CountDownLatch(THREADS);
            for (int t = 0; t < THREADS; t++) {
                String prefix = t + "/";
                new Thread(() -> {
                    for (int i = 0; i < EACH; i++) {
                        response.onNext(Place.newBuilder().setName(prefix + i).build());
                    }
                    done.countDown();
                }).start();
            }
            try {
                assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
                response.onCompleted();
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }

    }

}
