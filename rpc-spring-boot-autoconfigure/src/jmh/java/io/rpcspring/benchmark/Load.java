package io.rpcspring.benchmark;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

import io.rpcspring.benchmark.proto.BenchGrpc;
import io.rpcspring.benchmark.proto.Booking;
import io.rpcspring.benchmark.proto.CheckedGrpc;
import io.rpcspring.benchmark.proto.Order;
import io.rpcspring.benchmark.proto.Payload;

/**
 * Keeps a number of calls going: where one ends, the next begins.
 * <p>
 * It works on the channel's event loop and costs the same whatever server is called.
 */
final class Load implements AutoCloseable {

    private static final int MESSAGES_PER_STREAM = 1_000;

    private static final ByteString BODY = ByteString.copyFrom(new byte[100]);

    private static final Booking BOOKING = Booking.newBuilder()
        .setFrom("Zurich")
        .setTo("Rome")
        .setSeats(2)
        .setMail("ann@example.com")
        .addPassengers("Ann")
        .addPassengers("Bob")
        .build();

    private final BenchGrpc.BenchStub stub;

    private final CheckedGrpc.CheckedStub bookings;

    private final Scenario scenario;

    private final Payload message;

    private final LongAdder messages = new LongAdder();

    private final CountDownLatch live;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private volatile boolean stopping;

    Load(Channel channel, Scenario scenario) {
        this.stub = BenchGrpc.newStub(channel);
        this.bookings = CheckedGrpc.newStub(channel);
        this.scenario = scenario;
        this.message = Payload.newBuilder().setBody(BODY).setPauseMs(scenario.pauseMs()).build();
        this.live = new CountDownLatch(scenario.parallel());
        for (int i = 0; i < scenario.parallel(); i++) {
            begin();
        }
    }

    void runFor(long millis) throws InterruptedException {
        Thread.sleep(millis);
    }

    /** How many messages have come, or gone if only one comes back. */
    long messages() {
        return this.messages.sum();
    }

    private void begin() {
        if (this.stopping) {
            this.live.countDown();
            return;
        }
        switch (this.scenario.kind()) {
            case UNARY -> this.stub.echo(this.message, new Counting<>());
            case CHECKED -> this.bookings.book(BOOKING, new Counting<>());
            case DOWNLOAD -> this.stub.download(
                    Order.newBuilder().setMessages(MESSAGES_PER_STREAM).setMessage(this.message).build(),
                    new Downloading<>());
            case UPLOAD -> this.stub.upload(new Uploading<>());
            case PING_PONG -> {
                PingPong players = new PingPong();
                StreamObserver<Payload> requests = this.stub.pingPong(players);
                players.serve(requests);
            }
        }
    }

    @Override
    public void close() {
        this.stopping = true;
        try {
            if (!this.live.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException(this.live.getCount() + " calls do not end");
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        Throwable thrown = this.failure.get();
        if (thrown != null) {
            throw new IllegalStateException("A call failed", thrown);
        }
    }

    /**
     * Counts what comes, and begins the next call at the end.
     *
     * @param <R> the type of the responses
     */
    private class Counting<R> implements StreamObserver<R> {

        @Override
        public void onNext(R response) {
            Load.this.messages.increment();
        }

        @Override
        public void onError(Throwable thrown) {
            Load.this.failure.compareAndSet(null, thrown);
            Load.this.live.countDown();
        }

        @Override
        public void onCompleted() {
            begin();
        }

    }

    /**
     * Takes whatever comes: the transport's flow control is enough.
     *
     * @param <Q> the type of the request
     * @param <R> the type of the responses
     */
    private final class Downloading<Q, R> extends Counting<R> implements ClientResponseObserver<Q, R> {

        @Override
        public void beforeStart(ClientCallStreamObserver<Q> requests) {
            requests.disableAutoRequestWithInitial(MESSAGES_PER_STREAM + 1);
        }

    }

    /**
     * Sends while the call has room.
     *
     * @param <R> the type of the response
     */
    private final class Uploading<R> extends Counting<R> implements ClientResponseObserver<Payload, R> {

        private int left = MESSAGES_PER_STREAM;

        @Override
        public void beforeStart(ClientCallStreamObserver<Payload> requests) {
            requests.setOnReadyHandler(() -> {
                while (this.left > 0 && requests.isReady()) {
                    requests.onNext(Load.this.message);
                    Load.this.messages.increment();
                    this.left--;
                    if (this.left == 0) {
                        requests.onCompleted();
                    }
                }
            });
        }

        @Override
        public void onNext(R response) {
            // The messages were counted when they went.
        }

    }

    /** Sends the next message when the last one is back. */
    private final class PingPong extends Counting<Payload> implements ClientResponseObserver<Payload, Payload> {

        private int left = MESSAGES_PER_STREAM;

        private @Nullable ClientCallStreamObserver<Payload> requests;

        @Override
        public void beforeStart(ClientCallStreamObserver<Payload> requestStream) {
            this.requests = requestStream;
        }

        private void serve(StreamObserver<Payload> first) {
            first.onNext(Load.this.message);
        }

        @Override
        public void onNext(Payload response) {
            super.onNext(response);
            this.left--;
            if (this.requests == null) {
                return;
            }
            if (this.left > 0) {
                this.requests.onNext(Load.this.message);
            }
            else {
                this.requests.onCompleted();
            }
        }

    }

}
