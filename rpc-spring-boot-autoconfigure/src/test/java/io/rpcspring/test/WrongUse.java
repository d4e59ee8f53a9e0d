package io.rpcspring.test;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcService;
import io.rpcspring.sample.clock.ClockGrpc.ClockBlockingStub;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that cannot work. {@link WrongUseTests} runs them.
 */
class WrongUse {

    /** Runs without Spring. */
    @InProcessRpc
    static class WithoutSpring {

        @Test
        void runs() {
        }

    }

    /** Runs without Spring, and asks for a port. */
    static class PortWithoutSpring {

        @Test
        void runs(@LocalRpcServerPort int port) {
        }

    }

    /** Serves nothing. */
    @SpringBootTest(classes = Empty.class)
    @InProcessRpc
    static class NothingServed {

        @Test
        void runs() {
        }

    }

    /** Switches the server off. */
    @SpringBootTest(classes = Serving.class, properties = "rpc.server.enabled=false")
    @InProcessRpc
    static class ServerOff {

        @Test
        void runs() {
        }

    }

    /** Asks for a port where there is none. */
    @SpringBootTest(classes = Serving.class)
    @InProcessRpc
    static class PortInProcess {

        @LocalRpcServerPort
        private int port;

        @Test
        void runs() {
            assertThat(this.port).isPositive();
        }

    }

    /** Asks for the port of a server that does not run. */
    @SpringBootTest(classes = Empty.class)
    static class PortOfNobody {

        @Test
        void runs(@LocalRpcServerPort int port) {
        }

    }

    /** Asks for a channel that nobody has, of a service that nobody serves. */
    @SpringBootTest(classes = Serving.class, properties = "rpc.client.channels.clocks.target=localhost:1")
    @InProcessRpc
    static class UnknownChannel {

        @Test
        void runs(@RpcClient("clock") ClockBlockingStub clock) {
        }

    }

    /** Has two fakes for one service. */
    @SpringBootTest(classes = Empty.class, properties = "rpc.client.channels.places.target=localhost:1")
    static class TwoFakes {

        @Test
        void runs() {
        }

        /** One of two. */
        @FakeRpc("places")
        @RpcService(PlacesGrpc.class)
        static class One extends Finds {

        }

        /** One of two. */
        @FakeRpc("places")
        @RpcService(PlacesGrpc.class)
        static class Two extends Finds {

        }

    }

    /** Has a fake of a channel that nobody has. */
    @SpringBootTest(classes = Empty.class, properties = "rpc.client.channels.places.target=localhost:1")
    static class FakeOfNobody {

        @Test
        void runs() {
        }

        /** Has a mistake in its name. */
        @FakeRpc("plases")
        @RpcService(PlacesGrpc.class)
        static class Fake extends Finds {

        }

    }

    /** Has a fake that is no service. */
    @SpringBootTest(classes = Empty.class)
    static class NoService {

        @Test
        void runs() {
        }

        /** Does not say what it answers. */
        @FakeRpc("places")
        static class Fake extends Finds {

        }

    }

    /** Has a fake that needs its test. */
    @SpringBootTest(classes = Empty.class)
    static class InnerFake {

        @Test
        void runs() {
        }

        /** Is not static. */
        @FakeRpc("places")
        @RpcService(PlacesGrpc.class)
        @SuppressWarnings("ClassCanBeStatic") // that is the mistake
        class Fake extends Finds {

        }

    }

    /** Names the generated class. */
    @RpcTest(PlacesGrpc.class)
    static class GeneratedClass {

        @Test
        void runs() {
        }

        /** Has nothing but the slice. */
        @Configuration(proxyBeanMethods = false)
        static class Nothing {

        }

    }

    /** Replaces one stub twice. */
    @SpringBootTest(classes = Empty.class)
    static class TwoMocks {

        @MockitoBean(name = "one")
        @SuppressWarnings("NullAway.Init") // set by Spring
        private PlacesGrpc.PlacesBlockingStub one;

        @MockitoBean(name = "two")
        @SuppressWarnings("NullAway.Init") // set by Spring
        private PlacesGrpc.PlacesBlockingStub two;

        @Test
        void runs(@RpcClient("places") PlacesGrpc.PlacesBlockingStub places) {
            assertThat(places).isIn(this.one, this.two);
        }

    }

    /** Finds places. */
    static class Finds {

        Place find(PlaceName name) {
            return Place.getDefaultInstance();
        }

    }

    /** Serves nothing. */
    @Configuration(proxyBeanMethods = false)
    @Import(RpcTestAutoConfigurations.class)
    static class Empty {

    }

    /** Serves places. */
    @Configuration(proxyBeanMethods = false)
    @Import({ RpcTestAutoConfigurations.class, TriedPlaces.class })
    static class Serving {

    }

}
