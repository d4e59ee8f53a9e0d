package io.rpcspring.server.handler;

import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.MessageReceiver;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is still being computed when its call ends is cancelled with it.
 */
@TestInstance(Lifecycle.PER_CLASS)
class PendingResultTests {

    private final Pending handlers = new Pending();

    private final PlacesServer server = PlacesServer.start(this.handlers);

    @AfterAll
    void stop() {
        this.server.close();
    }

    @AfterEach
    void nothingIsLeft() {
        this.server.awaitIdle();
    }

    static Stream<MethodDescriptor<?, ?>> kindsWithOneResponse() {
        return Stream.of(PlacesGrpc.getFindMethod(), PlacesGrpc.getTravelMethod());
    }

    @ParameterizedTest
    @MethodSource("kindsWithOneResponse")
    <Q> void clientThatCancelsCancelsIt(MethodDescriptor<Q, ?> kind) throws InterruptedException {
        ClientCall<Q, ?> call = open(kind, CallOptions.DEFAULT, new CompletableFuture<>());
        CompletableFuture<?> result = this.handlers.next();
        assertThat(result).isNotDone();
        call.cancel("changed my mind", null);
        await().until(result::isCancelled);
    }

    @ParameterizedTest
    @MethodSource("kindsWithOneResponse")
    void deadlineCancelsIt(MethodDescriptor<?, ?> kind) throws InterruptedException {
        CompletableFuture<Ended> end = new CompletableFuture<>();
        open(kind, CallOptions.DEFAULT.withDeadlineAfter(3, TimeUnit.SECONDS), end);
        CompletableFuture<?> result = this.handlers.next();
        await().until(result::isCancelled);
        assertThat(end.join().status().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    }

    private <Q> ClientCall<Q, ?> open(MethodDescriptor<Q, ?> kind, CallOptions options, CompletableFuture<Ended> end) {
        ClientCall<Q, ?> call = Flood.open(this.server.channel(), kind, options, new Metadata(), end);
        call.sendMessage(Flood.request(kind));
        call.halfClose();
        return call;
    }

    /** Returns what never comes. */
    @RpcService(PlacesGrpc.class)
    static class Pending {

        private final BlockingQueue<CompletableFuture<?>> results = new LinkedBlockingQueue<>();

        CompletionStage<Place> find(PlaceName name) {
            return never();
        }

        CompletableFuture<Distance> travel(MessageReceiver<Point> in) {
            in.forEach((point) -> {
            });
            return never();
        }

        private <R> CompletableFuture<R> never() {
            CompletableFuture<R> result = new CompletableFuture<>();
            this.results.add(result);
            return result;
        }

        private CompletableFuture<?> next() throws InterruptedException {
            return Objects.requireNonNull(this.results.poll(10, TimeUnit.SECONDS));
        }

    }

}
