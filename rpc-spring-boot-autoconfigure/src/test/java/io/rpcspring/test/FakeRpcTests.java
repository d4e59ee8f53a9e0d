package io.rpcspring.test;

import com.example.clock.ClockGrpc;
import com.example.clock.ClockGrpc.ClockBlockingStub;
import com.example.clock.TimeOfDay;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.ServerReport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Fakes of servers that are elsewhere, in a test that has a port.
 */
@SpringBootTest(classes = { FakeRpcTests.Application.class, FakeRpcTests.Beans.class },
        properties = { "rpc.server.port=0", "rpc.client.channels.weather.target=dns:///no-such-host:1",
                "rpc.client.channels.weather.connect=required", "rpc.client.channels.weather.deadline=9s",
                "rpc.client.channels.mine.target=localhost:${local.rpc.server.port}" })
class FakeRpcTests {

    private final PlacesBlockingStub weather;

    FakeRpcTests(@RpcClient("weather") PlacesBlockingStub weather) {
        this.weather = weather;
    }

    @Test
    void fakesAnswerTheirChannelAndNoOther(@RpcClient("mine") PlacesBlockingStub mine) {
        assertThat(this.weather.find(name("Zurich")).getZone()).isEqualTo("fake");
        assertThat(mine.find(name("Zurich")).getZone()).startsWith("rpc-default-");
    }

    @Test
    void plainObjectsObserversAndBeanMethodsAreFakes(@RpcClient("weather") ClockBlockingStub clock) {
        assertThat(clock.timeAt(com.example.clock.Place.getDefaultInstance()).getTime()).isEqualTo("noon");
    }

    @Test
    void whatNoFakeAnswersIsUnimplemented(
            @RpcClient("weather") io.rpcspring.sample.clock.ClockGrpc.ClockBlockingStub other) {
        assertUnimplemented(() -> this.weather.within(Area.getDefaultInstance()).next(),
                "no fake for places.v1.Places/Within in FakeRpcTests");
        assertUnimplemented(() -> other.timeAt(name("Zurich")), "no fake for clock.v1.Clock/TimeAt in FakeRpcTests");
    }

    @Test
    void fakesAreNotServed(@Autowired ApplicationContext context) {
        assertThat(context.getBean(RpcServer.class).report().services()).extracting(ServerReport.Service::bean)
            .contains("io.rpcspring.test.TriedPlaces")
            .noneMatch((bean) -> bean != null && bean.matches("(?i).*fake.*"));
    }

    private static PlaceName name(String name) {
        return PlaceName.newBuilder().setName(name).build();
    }

    private static void assertUnimplemented(ThrowingCallable call, String text) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call)
            .withMessageStartingWith("UNIMPLEMENTED: " + text);
    }

    /** Fakes win over services of this application. */
    @Nested
    @InProcessRpc
    class InProcess {

        @Test
        void fakesAnswerAndOthersAreServed(@RpcClient("weather") PlacesBlockingStub faked,
                @RpcClient("mine") PlacesBlockingStub served) {
            assertThat(faked.find(name("Zurich")).getZone()).isEqualTo("fake");
            assertThat(served.find(name("Zurich")).getZone()).startsWith("rpc-default-");
        }

    }

    /** Answers one method. */
    @FakeRpc("weather")
    @RpcService(PlacesGrpc.class)
    static class FakePlaces {

        Place find(PlaceName name) {
            return Place.newBuilder().setName(name.getName()).setZone("fake").build();
        }

    }

    /** More beans of the test. */
    @TestConfiguration
    static class Beans {

        @Bean
        @FakeRpc("weather")
        ClockGrpc.ClockImplBase fakeClock() {
            return new ClockGrpc.ClockImplBase() {

                @Override
                public void timeAt(com.example.clock.Place request, StreamObserver<TimeOfDay> response) {
                    response.onNext(TimeOfDay.newBuilder().setTime("noon").build());
                    response.onCompleted();
                }

            };
        }

    }

    /** The application under test. */
    @Configuration(proxyBeanMethods = false)
    @Import({ RpcTestAutoConfigurations.class, TriedPlaces.class })
    static class Application {

    }

}
