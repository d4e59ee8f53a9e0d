package io.rpcspring.server;

import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.HealthWatch;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.StuckPlaces;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.health.HealthService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * How the server says goodbye.
 */
@ExtendWith(OutputCaptureExtension.class)
class DrainTests {

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    @WithLibrary("grpc-services")
    @Test
    void watchersSeeThatNothingIsServedAndAreLetGoWhileCallsAreStillTaken() {
        this.runner.withBean(MarkedPlaces.class).withPropertyValues("rpc.server.shutdown.delay=5s").run((context) -> {
            AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
            try (Connection connection = Connection.to(context)) {
                HealthWatch watch = HealthWatch.of(connection.channel(), "");
                assertThat(watch.next()).isEqualTo(ServingStatus.SERVING);
                Thread closing = close(context);
                assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);
                assertThat(watch.end().get(10, TimeUnit.SECONDS).isOk()).isTrue();
                HealthWatch late = HealthWatch.of(connection.channel(), "");
                assertThat(late.next()).isEqualTo(ServingStatus.NOT_SERVING);
                assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                assertThat(late.end().get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                closing.join(10_000);
                assertThat(closing.isAlive()).isFalse();
            }
        });
    }

    @WithLibrary("grpc-services")
    @Test
    void openWatchCostsNoGracePeriod() {
        this.runner.withBean(MarkedPlaces.class).withPropertyValues("rpc.server.shutdown.grace=10m").run((context) -> {
            try (Connection connection = Connection.to(context)) {
                assertThat(HealthWatch.of(connection.channel(), "").next()).isEqualTo(ServingStatus.NOT_SERVING);
                Thread closing = close(context);
                closing.join(20_000);
                assertThat(closing.isAlive()).isFalse();
            }
        });
    }

    @Test
    void callThatDoesNotEndIsToldWhyAndNamed(CapturedOutput output) {
        this.runner.withBean(StuckPlaces.class).withPropertyValues("rpc.server.shutdown.grace=5ms").run((context) -> {
            StuckPlaces places = context.getBean(StuckPlaces.class);
            try (Connection connection = Connection.to(context)) {
                ListenableFuture<Place> answer = PlacesGrpc.newFutureStub(connection.channel())
                    .find(PlaceName.getDefaultInstance());
                assertThat(places.entered.await(10, TimeUnit.SECONDS)).isTrue();
                context.close();
                assertThat(answer).failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withMessageContaining("UNAVAILABLE: The server shuts down:"
                            + " the call did not end within the grace period of 5ms");
                assertThat(places.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
            }
        });
        assertThat(output).contains("gRPC server takes no more calls; 1 call in flight may take 5ms")
            .contains("gRPC server cuts off calls that did not end within 5ms: 1 of places.v1.Places/Find")
            .contains("gRPC server has stopped");
    }

    @Test
    void streamAndQueuedCallThatDoNotEndAreToldWhy() {
        this.runner.withBean(EndlessPlaces.class)
            .withPropertyValues("rpc.server.shutdown.grace=5ms", "rpc.server.pools.streams.type=platform",
                    "rpc.server.pools.streams.size=1")
            .run((context) -> {
                try (Connection connection = Connection.to(context);
                        RpcStream<Note, Note> running = notes(connection)) {
                    running.send(Note.getDefaultInstance());
                    assertThat(running.hasNext()).isTrue();
                    RpcStream<Note, Note> queued = notes(connection);
                    await().until(() -> waiting(context) == 1);
                    context.close();
                    for (RpcStream<Note, Note> stream : List.of(running, queued)) {
                        await().untilAsserted(() -> assertThat(stream.status().toString())
                            .contains("code=UNAVAILABLE, description=The server shuts down:"
                                    + " the call did not end within the grace period of 5ms"));
                    }
                }
            });
    }

    @Test
    void eventsTellTheSteps() {
        List<String> events = new CopyOnWriteArrayList<>();
        this.runner.withBean(MarkedPlaces.class)
            .withInitializer((context) -> context
                .addApplicationListener((ApplicationListener<ApplicationEvent>) (event) -> note(event, events)))
            .run((context) -> {
                RpcServer server = context.getBean(RpcServer.class);
                server.stop();
                server.start();
                context.close();
            });
        assertThat(events).containsExactly("Started [places.v1.Places]", "Drain", "Stopped",
                "Started [places.v1.Places]", "REFUSING_TRAFFIC", "Drain", "Stopped");
    }

    @WithLibrary("grpc-services")
    @Test
    void listenersThatThrowKeepTheServerNeitherFromGoingNorFromTellingTheOthers(CapturedOutput output) {
        this.runner.withBean(MarkedPlaces.class).withInitializer((context) -> {
            context.addApplicationListener((ApplicationListener<RpcServerDrainEvent>) (event) -> {
                throw new IllegalStateException("the registry does not answer");
            });
            context.addApplicationListener((ApplicationListener<RpcServerStoppedEvent>) (event) -> {
                throw new AssertionError("nor does it now");
            });
        }).run((context) -> {
            RpcServer server = context.getBean(RpcServer.class);
            int port = server.port();
            try (Connection connection = Connection.to(context)) {
                HealthWatch watch = HealthWatch.of(connection.channel(), "");
                assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);
                context.close();
                assertThat(watch.end().get(10, TimeUnit.SECONDS).isOk()).isTrue();
            }
            assertThat(server.isRunning()).isFalse();
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket("localhost", port).close());
        });
        assertThat(output).containsSubsequence(
                "A listener failed at RpcServerDrainEvent;" + " the gRPC server stops all the same",
                "the registry does not answer", "gRPC server has stopped", "A listener failed at RpcServerStoppedEvent",
                "nor does it now");
    }

    @Test
    void listenerThatCannotLiveWithTheServerEndsTheStart(CapturedOutput output) {
        AtomicInteger port = new AtomicInteger();
        this.runner.withBean(MarkedPlaces.class)
            .withInitializer((context) -> context
                .addApplicationListener((ApplicationListener<RpcServerStartedEvent>) (event) -> {
                    port.set(event.port());
                    throw new IllegalStateException("no place in the registry");
                }))
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage("no place in the registry"));
        assertThat(output).contains("gRPC server has stopped");
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket("localhost", port.get()).close());
    }

    @WithLibrary("grpc-services")
    @Test
    void watchesThatComeDuringTheDelayAreNotKeptOverARestart() {
        this.runner.withBean(MarkedPlaces.class).withPropertyValues("rpc.server.shutdown.delay=3s").run((context) -> {
            RpcServer server = context.getBean(RpcServer.class);
            HealthService health = context.getBean(HealthService.class);
            try (Connection connection = Connection.to(context)) {
                HealthWatch early = HealthWatch.of(connection.channel(), "");
                assertThat(early.next()).isEqualTo(ServingStatus.NOT_SERVING);
                assertThat(health.watchers()).isEqualTo(1);
                Thread stopping = new Thread(server::stop);
                stopping.start();
                assertThat(early.end().get(10, TimeUnit.SECONDS).isOk()).isTrue();
                HealthWatch late = HealthWatch.of(connection.channel(), "");
                assertThat(late.next()).isEqualTo(ServingStatus.NOT_SERVING);
                stopping.join(10_000);
                assertThat(late.end().get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            }
            server.start();
            await().untilAsserted(() -> assertThat(health.watchers()).isZero());
        });
    }

    @WithLibrary("grpc-services")
    @Test
    void healthServesAgainAfterARestart() {
        this.runner.withBean(MarkedPlaces.class).run((context) -> {
            AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
            RpcServer server = context.getBean(RpcServer.class);
            server.stop();
            server.start();
            try (Connection connection = Connection.to(context)) {
                assertThat(HealthWatch.of(connection.channel(), "").next()).isEqualTo(ServingStatus.SERVING);
            }
        });
    }

    private static RpcStream<Note, Note> notes(Connection connection) {
        return RpcStream.open(connection.channel(), PlacesGrpc.getNotesMethod());
    }

    private static int waiting(ApplicationContext context) {
        return Objects.requireNonNull(context.getBean(RpcServer.class).poolStatistics().get("streams")).waiting();
    }

    private static void note(ApplicationEvent event, List<String> events) {
        if (event instanceof RpcServerStartedEvent started) {
            events.add("Started " + started.services());
        }
        else if (event instanceof AvailabilityChangeEvent<?> change) {
            events.add(change.getState().toString());
        }
        else if (event instanceof RpcServerDrainEvent) {
            events.add("Drain");
        }
        else if (event instanceof RpcServerStoppedEvent) {
            events.add("Stopped");
        }
    }

    private static Thread close(ApplicationContext context) {
        Thread closing = new Thread(((ConfigurableApplicationContext) context)::close);
        closing.start();
        return closing;
    }

    /** Holds a stream as long as nobody interrupts. */
    @RpcService(PlacesGrpc.class)
    static class EndlessPlaces {

        void notes(MessageReceiver<Note> in, MessageSender<Note> out) {
            for (Note note : in) {
                out.send(note);
            }
        }

    }

}
