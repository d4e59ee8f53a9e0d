package io.rpcspring.server.pool;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.example.parcels.Parcel;
import com.example.parcels.ParcelsGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.rpcspring.MessageSender;
import io.rpcspring.RpcClient;
import io.rpcspring.RpcService;
import io.rpcspring.RpcStream;
import io.rpcspring.fixture.ClockFixture;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.clock.ClockGrpc;
import io.rpcspring.sample.clock.LocalTime;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Handlers that call methods of their own server without the network: the inner call
 * starts on the thread of the outer one, and is another call all the same.
 */
class NestedCallTests {

    @WithLibrary("grpc-inprocess")
    @ParameterizedTest
    @MethodSource("servicesOnTheTransportsThread")
    void handlerGetsItsAnswerAndItsCallIsCountedOnce(Class<?> clock) {
        try (PlacesServer server = PlacesServer.start(List.of(Front.class, clock), "rpc.server.in-process-name=self",
                "rpc.client.channels.self.target=in-process:self", "rpc.server.pools.quick.type=direct",
                "rpc.server.services.[clock.v1.Clock].pool=quick")) {
            assertThat(server.connection().find("").getZone()).isEqualTo("2026-11-23T09:30:00Z");
            await().untilAsserted(() -> assertThat(server.statistics("default").completed()).isEqualTo(1));
            assertThat(server.connection().places().within(Area.getDefaultInstance()).next().getZone())
                .isEqualTo("2026-11-23T09:30:00Z");
            await().untilAsserted(() -> assertThat(server.statistics("streams").completed()).isEqualTo(1));
            server.awaitIdle();
            assertThat(server.statistics("default").completed()).isEqualTo(1);
        }
    }

    static List<Class<?>> servicesOnTheTransportsThread() {
        return List.of(PlainClock.class, ObserverClock.class);
    }

    /**
     * Its thread does nothing else until it has its answer, also nothing that others wait
     * for.
     */
    @Test
    @WithLibrary("grpc-inprocess")
    void handlerOnTheTransportsThreadGetsItsAnswersFromPools() {
        try (PlacesServer server = PlacesServer.start(List.of(Asking.class, PlainClock.class, ObserverParcels.class),
                "rpc.server.in-process-name=self", "rpc.client.channels.self.target=in-process:self",
                "rpc.server.pools.quick.type=direct",
                "rpc.server.services.[places.v1.Places].methods.Find.pool=quick")) {
            assertThat(server.connection().find("").getZone()).isEqualTo("2026-11-23T09:30:00Z");
        }
    }

    /** Asks others of its own server in all ways. */
    @RpcService(PlacesGrpc.class)
    static class Asking {

        private static final int MANY = 500;

        private final ClockGrpc.ClockBlockingStub clock;

        Asking(@RpcClient("self") ClockGrpc.ClockBlockingStub clock) {
            this.clock = clock;
        }

        Place find(PlaceName name) {
            Channel self = this.clock.getChannel();
            Iterator<Place> places = PlacesGrpc.newBlockingStub(self)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .within(Area.getDefaultInstance());
            assertThat(places).toIterable().hasSize(MANY);
            try (RpcStream<Parcel, Parcel> track = RpcStream.open(self, ParcelsGrpc.getTrackMethod(),
                    CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS))) {
                for (int i = 0; i < MANY; i++) {
                    track.send(Parcel.getDefaultInstance());
                    track.next();
                }
                track.halfClose();
                assertThat(track.hasNext()).isFalse();
            }
            return Place.newBuilder()
                .setZone(this.clock.withDeadlineAfter(10, TimeUnit.SECONDS).timeAt(name).getTime())
                .build();
        }

        void within(Area area, MessageSender<Place> out) {
            for (int i = 0; i < MANY; i++) {
                out.send(Place.getDefaultInstance());
            }
        }

    }

    /** Sends back what comes. */
    @RpcService
    static class ObserverParcels extends ParcelsGrpc.ParcelsImplBase {

        @Override
        public StreamObserver<Parcel> track(StreamObserver<Parcel> out) {
            return new StreamObserver<>() {

                @Override
                public void onNext(Parcel parcel) {
                    out.onNext(parcel);
                }

                @Override
                public void onError(Throwable thrown) {
                    // Nothing is left to be sent.
                }

                @Override
                public void onCompleted() {
                    out.onCompleted();
                }

            };
        }

    }

    /** Asks a clock of its own server. */
    @RpcService(PlacesGrpc.class)
    static class Front {

        private final ClockGrpc.ClockBlockingStub clock;

        Front(@RpcClient("self") ClockGrpc.ClockBlockingStub clock) {
            this.clock = clock;
        }

        Place find(PlaceName name) {
            LocalTime time = this.clock.withDeadlineAfter(10, TimeUnit.SECONDS).timeAt(name);
            return Place.newBuilder().setZone(time.getTime()).build();
        }

        void within(Area area, MessageSender<Place> out) {
            out.send(find(PlaceName.getDefaultInstance()));
        }

    }

    /** A plain object. */
    @RpcService(ClockGrpc.class)
    static class PlainClock {

        LocalTime timeAt(PlaceName place) {
            return LocalTime.newBuilder().setTime("2026-11-23T09:30:00Z").build();
        }

    }

    /** A generated base class. */
    @RpcService
    static class ObserverClock extends ClockFixture {

    }

}
