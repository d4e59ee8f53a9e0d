package io.rpcspring.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import com.example.bookings.BookingsGrpc;
import com.example.bookings.Ticket;
import com.example.bookings.Trip;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.Flood.Ended;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.server.call.ChainLink;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler meets the request that was refused in its place in the stream, however late
 * he comes to it, and whatever he then does, the call has not ended well.
 */
class RefusedStreamTests {

    private static final Handler HANDLER = new Handler();

    private static final Seen ABOVE = new Seen();

    private static final Seen BELOW = new Seen();

    private static @Nullable PlacesServer server;

    @BeforeAll
    static void start() {
        server = Bookings.start(List.of(HANDLER, new ChainLink(ChainLink.Place.SECURITY, ABOVE), new Below(BELOW)));
    }

    @AfterAll
    static void stop() {
        server().close();
    }

    private static PlacesServer server() {
        return Objects.requireNonNull(server);
    }

    @BeforeEach
    void clear() {
        ABOVE.clear();
        BELOW.clear();
        HANDLER.begin((in) -> {
        });
    }

    /** Starts a call that brings four requests, of which the third is refused. */
    private static CompletableFuture<Ended> exchange() {
        CompletableFuture<Ended> end = new CompletableFuture<>();
        ClientCall<Trip, Ticket> call = Flood.open(server().channel(), BookingsGrpc.getExchangeMethod(),
                CallOptions.DEFAULT, new Metadata(), end);
        List.of(Bookings.GOOD, Bookings.GOOD, Bookings.BAD, Bookings.GOOD).forEach(call::sendMessage);
        call.halfClose();
        return end.orTimeout(20, TimeUnit.SECONDS);
    }

    private static void awaitRefusal() {
        ABOVE.awaitMessages(4);
        assertThat(BELOW.count()).isEqualTo(2);
    }

    @Test
    void handlerThatComesLateGetsWhatCameBefore() {
        List<Trip> received = new ArrayList<>();
        HANDLER.begin((in) -> {
            awaitRefusal();
            in.forEach(received::add);
        });
        assertThat(exchange().join().status()).hasToString(refused());
        assertThat(received).hasSize(2);
    }

    @Test
    void handlerThatCatchesTheFailureCannotEndTheCallWell() {
        List<String> met = new ArrayList<>();
        HANDLER.begin((in) -> {
            try {
                in.forEach((trip) -> {
                });
            }
            catch (StatusRuntimeException ex) {
                met.add(ex.getStatus().getCode().toString());
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            }
        });
        assertThat(exchange().join().status()).hasToString(refused());
        assertThat(met).containsExactly("INVALID_ARGUMENT");
    }

    @Test
    void handlerThatCatchesTheFailureMaySayMore() {
        HANDLER.begin((in) -> {
            try {
                in.forEach((trip) -> {
                });
            }
            catch (StatusRuntimeException ex) {
                throw Status.ABORTED.withDescription("2 of 4").asRuntimeException();
            }
        });
        assertThat(exchange().join().status()).hasToString("Status{code=ABORTED, description=2 of 4, cause=null}");
    }

    /** What he does not ask for is not refused to him. */
    @Test
    void handlerThatDoesNotGetThereEndsTheCallAsHeLikes() {
        HANDLER.begin((in) -> {
            awaitRefusal();
            in.next();
        });
        assertThat(exchange().join().status()).isEqualTo(Status.OK);
    }

    @Test
    void handlerMaySendAfterTheRefusal() {
        CountDownLatch sent = new CountDownLatch(1);
        HANDLER.begin((in) -> {
            awaitRefusal();
            HANDLER.out().send(Ticket.getDefaultInstance());
            sent.countDown();
            in.forEach((trip) -> {
            });
        });
        assertThat(exchange().join().status()).hasToString(refused());
        assertThat(sent.getCount()).isZero();
    }

    @Test
    void everyCallGivesItsPlaceBack() {
        for (int i = 0; i < 20; i++) {
            HANDLER.begin((in) -> in.forEach((trip) -> {
            }));
            assertThat(exchange().join().status()).hasToString(refused());
        }
        server().awaitIdle();
    }

    private static String refused() {
        return "Status{code=INVALID_ARGUMENT, description=The request of bookings.v1.Bookings/Exchange" + Bookings.WHY
                + ", cause=null}";
    }

    /** What a handler does. */
    private interface Reading {

        void read(MessageReceiver<Trip> in);

    }

    /** Does what it is told. */
    @RpcService(BookingsGrpc.class)
    static final class Handler {

        private volatile @Nullable Reading reading;

        private volatile @Nullable MessageSender<Ticket> sender;

        private void begin(Reading next) {
            this.reading = next;
        }

        private MessageSender<Ticket> out() {
            return Objects.requireNonNull(this.sender);
        }

        void exchange(MessageReceiver<Trip> in, MessageSender<Ticket> out) {
            this.sender = out;
            Objects.requireNonNull(this.reading).read(in);
        }

    }

    /** Counts the requests that have passed it, wherever to. */
    private static final class Seen implements ServerInterceptor {

        private final Semaphore messages = new Semaphore(0);

        private void clear() {
            this.messages.drainPermits();
        }

        private int count() {
            return this.messages.availablePermits();
        }

        private void awaitMessages(int count) {
            this.messages.acquireUninterruptibly(count);
        }

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

                @Override
                public void onMessage(Q message) {
                    super.onMessage(message);
                    Seen.this.messages.release();
                }

            };
        }

    }

    /**
     * The application's own.
     *
     * @param seen counts
     */
    @RpcInterceptor
    record Below(Seen seen) implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            return this.seen.interceptCall(call, headers, next);
        }

    }

}
