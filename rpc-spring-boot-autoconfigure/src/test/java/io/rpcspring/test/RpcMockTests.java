package io.rpcspring.test;

import com.example.clock.ClockGrpc;
import com.example.clock.ClockGrpc.ClockBlockingStub;
import com.example.clock.TimeOfDay;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willAnswer;

/**
 * Mockito's beans in the place of services and of clients.
 */
class RpcMockTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final com.example.clock.Place PLACE = com.example.clock.Place.getDefaultInstance();

    private static void assertMocked(PlacesBlockingStub places, ClockBlockingStub clocks, Finder finder,
            ClockGrpc.ClockImplBase clock) {
        given(finder.find(ZURICH)).willReturn(Place.newBuilder().setZone("mock").build());
        willAnswer((call) -> {
            StreamObserver<TimeOfDay> response = call.getArgument(1);
            response.onNext(TimeOfDay.newBuilder().setTime("mock").build());
            response.onCompleted();
            return null;
        }).willAnswer((call) -> {
            StreamObserver<TimeOfDay> response = call.getArgument(1);
            response.onError(Status.ABORTED.withDescription("mock").asException());
            return null;
        }).given(clock).timeAt(any(), any());
        assertThat(places.find(ZURICH).getZone()).isEqualTo("mock");
        assertThat(clocks.timeAt(PLACE).getTime()).isEqualTo("mock");
        assertThatThrownBy(() -> clocks.timeAt(PLACE)).hasMessage("ABORTED: mock");
    }

    private static void assertReal(PlacesBlockingStub places, ClockBlockingStub clocks, Finder finder,
            ClockGrpc.ClockImplBase clock) {
        assertThat(places.find(ZURICH).getZone()).isEqualTo("real");
        assertThat(clocks.timeAt(PLACE).getTime()).isEqualTo("real");
        then(finder).should().find(ZURICH);
        then(clock).should().timeAt(any(), any());
    }

    /** Whatever marks a service, its mock is served. */
    @Nested
    @SpringBootTest(classes = Marked.class)
    @InProcessRpc
    class MocksOfServices {

        @MockitoBean
        @SuppressWarnings("NullAway.Init") // set by Spring
        private Finder finder;

        @MockitoBean
        @SuppressWarnings("NullAway.Init") // set by Spring
        private ClockGrpc.ClockImplBase clock;

        @Test
        void plainObjectOfABeanMethodAndImplBaseAreServed(@RpcClient("any") PlacesBlockingStub places,
                @RpcClient("any") ClockBlockingStub clocks) {
            assertMocked(places, clocks, this.finder, this.clock);
        }

    }

    /** The class is marked, and the test knows it by its interface. */
    @Nested
    @SpringBootTest(classes = MarkedClasses.class)
    @InProcessRpc
    class MocksOfMarkedClasses {

        @MockitoBean
        @SuppressWarnings("NullAway.Init") // set by Spring
        private Finder finder;

        @MockitoBean
        @SuppressWarnings("NullAway.Init") // set by Spring
        private MarkedClock clock;

        @Test
        void plainObjectAndImplBaseAreServed(@RpcClient("any") PlacesBlockingStub places,
                @RpcClient("any") ClockBlockingStub clocks) {
            assertMocked(places, clocks, this.finder, this.clock);
        }

    }

    /** Spies answer as the real ones do. */
    @Nested
    @SpringBootTest(classes = { MarkedClasses.class })
    @InProcessRpc
    class SpiesOfServices {

        @MockitoSpyBean
        @SuppressWarnings("NullAway.Init") // set by Spring
        private MarkedFinder finder;

        @MockitoSpyBean
        @SuppressWarnings("NullAway.Init") // set by Spring
        private MarkedClock clock;

        @Test
        void theyAreServedAndSeeTheirCalls(@RpcClient("any") PlacesBlockingStub places,
                @RpcClient("any") ClockBlockingStub clocks) {
            assertReal(places, clocks, this.finder, this.clock);
        }

    }

    /** Beans of bean methods. */
    @Nested
    @SpringBootTest(classes = Marked.class)
    @InProcessRpc
    class SpiesOfBeanMethods {

        @MockitoSpyBean
        @SuppressWarnings("NullAway.Init") // set by Spring
        private Finder finder;

        @MockitoSpyBean
        @SuppressWarnings("NullAway.Init") // set by Spring
        private ClockGrpc.ClockImplBase clock;

        @Test
        void theyAreServedAndSeeTheirCalls(@RpcClient("any") PlacesBlockingStub places,
                @RpcClient("any") ClockBlockingStub clocks) {
            assertReal(places, clocks, this.finder, this.clock);
        }

    }

    /** In a whole application, with a port that nobody calls. */
    @Nested
    @SpringBootTest(classes = Trip.class, properties = "rpc.server.port=0")
    class MocksOfStubs {

        @MockitoBean
        @SuppressWarnings("NullAway.Init") // set by Spring
        private PlacesBlockingStub places;

        @MockitoBean
        @RpcClient("one")
        @SuppressWarnings("NullAway.Init") // set by Spring
        private ClockBlockingStub one;

        @MockitoBean
        @RpcClient("two")
        @SuppressWarnings("NullAway.Init") // set by Spring
        private ClockBlockingStub two;

        @Test
        void theyAreInjected(@Autowired Trip trip, @RpcClient("places") PlacesBlockingStub parameter) {
            given(this.places.find(ZURICH)).willReturn(Place.newBuilder().setZone("mock").build());
            assertThat(trip.places.find(ZURICH).getZone()).isEqualTo("mock");
            assertThat(trip.places).isSameAs(this.places).isSameAs(parameter);
        }

        @Test
        void oneCanBeOfAChannel(@Autowired Trip trip) {
            given(this.one.timeAt(PLACE)).willReturn(TimeOfDay.newBuilder().setTime("one").build());
            given(this.two.timeAt(PLACE)).willReturn(TimeOfDay.newBuilder().setTime("two").build());
            assertThat(trip.one.timeAt(PLACE).getTime()).isEqualTo("one");
            assertThat(trip.two.timeAt(PLACE).getTime()).isEqualTo("two");
        }

    }

    /** In a slice, and named on the class. */
    @Nested
    @RpcTest
    @Import(Trip.class)
    @MockitoBean(types = { PlacesBlockingStub.class, ClockBlockingStub.class })
    class MocksOfStubsInSlices {

        @Test
        void theyAreInjected(@Autowired Trip trip, @Autowired PlacesBlockingStub mock) {
            given(mock.find(ZURICH)).willReturn(Place.newBuilder().setZone("mock").build());
            assertThat(trip.places.find(ZURICH).getZone()).isEqualTo("mock");
        }

        /** Has nothing but the slice. */
        @Configuration(proxyBeanMethods = false)
        static class Nothing {

        }

    }

    /** Finds places. */
    public interface Finder {

        Place find(PlaceName name);

    }

    /** Is marked. */
    @RpcService(PlacesGrpc.class)
    static class MarkedFinder extends RealFinder {

    }

    /** Is marked. */
    @RpcService
    static class MarkedClock extends RealClock {

    }

    /** Is not. */
    static class RealClock extends ClockGrpc.ClockImplBase {

        @Override
        public void timeAt(com.example.clock.Place request, StreamObserver<TimeOfDay> response) {
            response.onNext(TimeOfDay.newBuilder().setTime("real").build());
            response.onCompleted();
        }

    }

    /** Bean methods have the marks. */
    @Configuration(proxyBeanMethods = false)
    @Import(RpcTestAutoConfigurations.class)
    static class Marked {

        @Bean
        @RpcService(PlacesGrpc.class)
        Finder finder() {
            return new RealFinder();
        }

        @Bean
        @RpcService
        ClockGrpc.ClockImplBase clock() {
            return new RealClock();
        }

    }

    /** Is not marked. */
    static class RealFinder implements Finder {

        @Override
        public Place find(PlaceName name) {
            return Place.newBuilder().setZone("real").build();
        }

    }

    /** Classes have the marks. */
    @Configuration(proxyBeanMethods = false)
    @Import({ RpcTestAutoConfigurations.class, MarkedFinder.class, MarkedClock.class })
    static class MarkedClasses {

    }

    /** Is a client. */
    @Configuration(proxyBeanMethods = false)
    @Import(RpcTestAutoConfigurations.class)
    static class Trip {

        @RpcClient("places")
        @SuppressWarnings("NullAway.Init") // set by Spring
        PlacesBlockingStub places;

        @RpcClient("one")
        @SuppressWarnings("NullAway.Init") // set by Spring
        ClockBlockingStub one;

        @RpcClient("two")
        @SuppressWarnings("NullAway.Init") // set by Spring
        ClockBlockingStub two;

    }

}
