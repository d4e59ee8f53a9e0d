package io.rpcspring.server.handler;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcInterceptor;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many messages wait between a fast end and a slow one: all are counted.
 */
@ParameterizedClass(name = "on {0} threads")
@MethodSource("io.rpcspring.server.pool.Pools#types")
class FlowControlTests {

    private static final int MESSAGES = 800;

    /**
     * What a sender may have waiting in the transport: 32 KiB, and the message in hand.
     */
    private static final int IN_TRANSPORT = 32 + 1;

    /**
     * On the wire, with the least window that HTTP/2 has: grpc-java may let a server's
     * grow with the first burst.
     */
    private static final int IN_WINDOW = 4 * 64;

    /** The next ones are asked for before the caller has counted the one it took. */
    private static final int IN_HAND = 1;

    @Parameter
    String poolType = "";

    private final Counters counters = new Counters();

    @ParameterizedTest
    @ValueSource(ints = 16)
    void fastHandlerIsAsSlowAsItsReader(int ahead) {
        run(ahead, (channel) -> {
            try (RpcStream<Area, Place> within = RpcStream.open(channel, PlacesGrpc.getWithinMethod())) {
                within.send(Area.newBuilder().setRadiusKm(MESSAGES).build());
                within.halfClose();
                assertThat(this.counters.takeSlowly(within)).isEqualTo(MESSAGES);
            }
        });
        assertBounds(ahead);
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 16, 33 })
    void fastClientIsAsSlowAsItsHandler(int ahead) {
        run(ahead, (channel) -> {
            Point large = Point.newBuilder().setUnknownFields(oneKiB()).build();
            try (RpcStream<Point, Distance> trip = RpcStream.open(channel, PlacesGrpc.getTravelMethod())) {
                for (int i = 0; i < MESSAGES; i++) {
                    trip.send(large);
                    this.counters.sent.incrementAndGet();
                }
                assertThat(trip.finish().getKilometres()).isEqualTo(MESSAGES);
            }
        });
        assertBounds(ahead);
    }

    private void assertBounds(int ahead) {
        assertThat(this.counters.mostInTheStream.get()).isBetween(1, ahead + IN_HAND);
        assertThat(this.counters.mostOnTheWay.get()).isBetween(1, IN_TRANSPORT + IN_WINDOW + ahead + IN_HAND);
    }

    private void run(int ahead, Consumer<Channel> check) {
        StarterRunner.withServerOnFreePort()
            .withBean(Counters.class, () -> this.counters)
            .withBean(Eager.class)
            .withPropertyValues("rpc.server.request-ahead=" + ahead, "rpc.server.pools.streams.type=" + this.poolType,
                    "rpc.server.limits.flow-control-window=65535B",
                    "rpc.client.channels.places.flow-control-window=65535B",
                    "rpc.client.channels.places.target=localhost:${local.rpc.server.port}")
            .run((context) -> {
                assertThat(context).hasNotFailed();
                check.accept(context.getBean(RpcChannels.class).get("places"));
            });
    }

    private static UnknownFieldSet oneKiB() {
        return UnknownFieldSet.newBuilder()
            .addField(15,
                    UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFrom(new byte[1024])).build())
            .build();
    }

    /** Counts the messages of the direction that has many, from end to end. */
    @RpcInterceptor
    static class Counters implements ServerInterceptor, ClientInterceptor {

        private final AtomicInteger sent = new AtomicInteger();

        private final AtomicInteger arrived = new AtomicInteger();

        private final AtomicInteger taken = new AtomicInteger();

        private final AtomicInteger mostOnTheWay = new AtomicInteger();

        private final AtomicInteger mostInTheStream = new AtomicInteger();

        /** Takes one a millisecond. */
        private int takeSlowly(MessageReceiver<?> in) {
            while (in.hasNext()) {
                this.mostOnTheWay.accumulateAndGet(this.sent.get() - this.taken.get(), Math::max);
                in.next();
                this.taken.incrementAndGet();
                LockSupport.parkNanos(1_000_000);
            }
            return this.taken.get();
        }

        private void arrived() {
            this.mostInTheStream.accumulateAndGet(this.arrived.incrementAndGet() - this.taken.get(), Math::max);
        }

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            boolean many = !call.getMethodDescriptor().getType().clientSendsOneMessage();
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

                @Override
                public void onMessage(Q message) {
                    if (many) {
                        arrived();
                    }
                    super.onMessage(message);
                }

            };
        }

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            boolean many = !method.getType().serverSendsOneMessage();
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    super.start(new SimpleForwardingClientCallListener<>(listener) {

                        @Override
                        public void onMessage(R message) {
                            if (many) {
                                arrived();
                            }
                            super.onMessage(message);
                        }

                    }, headers);
                }

            };
        }

    }

    /** Sends as fast as it can, and receives slowly. */
    @RpcService(PlacesGrpc.class)
    static class Eager {

        private final Counters counters;

        Eager(Counters counters) {
            this.counters = counters;
        }

        void within(Area area, MessageSender<Place> out) {
            Place large = Place.newBuilder().setName("x".repeat(1024)).build();
            for (int i = 0; i < area.getRadiusKm(); i++) {
                out.send(large);
                this.counters.sent.incrementAndGet();
            }
        }

        Distance travel(MessageReceiver<Point> in) {
            return Distance.newBuilder().setKilometres(this.counters.takeSlowly(in)).build();
        }

    }

}
