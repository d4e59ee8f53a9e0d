package io.rpcspring.test;

import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.grpc.Channel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.ContextConfiguration;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcService;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that are all there at once: no call is answered before those of all others have
 * come. {@link ParallelTests} runs them.
 */
class AtOnce {

    /** How often each test is there. */
    static final int TIMES = 2;

    /** Five tests call, twice each; two more take turns. */
    static final int TESTS = 7 * TIMES;

    private static final CountDownLatch all = new CountDownLatch(5 * TIMES);

    private static final String TARGET = "rpc.client.channels.places.target=localhost:${local.rpc.server.port}";

    private static void meetOthers(Channel places, MetPlaces own) {
        Place place = PlacesGrpc.newBlockingStub(places).find(PlaceName.getDefaultInstance());
        assertThat(place.getZone()).isEqualTo(own.id);
    }

    /** Shares its server with what is nested in it. */
    @SpringBootTest(classes = Application.class)
    @InProcessRpc
    static class InProcess {

        @RepeatedTest(TIMES)
        void callsItsOwnServer(@RpcClient("places") Channel places, @Autowired MetPlaces own) {
            meetOthers(places, own);
        }

        /** Has the same server. */
        @Nested
        class Within {

            @RepeatedTest(TIMES)
            void callsTheServerOfAll(@RpcClient("places") Channel places, @Autowired MetPlaces own) {
                meetOthers(places, own);
            }

        }

        /** Has another server. */
        @Nested
        @ActiveProfiles("other")
        class WithAnotherProfile {

            @RepeatedTest(TIMES)
            void callsItsOwnServer(@RpcClient("places") Channel places, @Autowired MetPlaces own) {
                meetOthers(places, own);
            }

        }

    }

    /** One service. */
    @RpcTest(MetPlaces.class)
    @ContextConfiguration(classes = Nothing.class)
    static class Slice {

        @RepeatedTest(TIMES)
        void callsItsOwnServer(@RpcClient("places") Channel places, @Autowired MetPlaces own) {
            meetOthers(places, own);
        }

    }

    /** On a port. */
    @SpringBootTest(classes = Application.class, properties = { "rpc.server.port=0", TARGET })
    static class Port {

        @RepeatedTest(TIMES)
        void callsItsOwnServer(@LocalRpcServerPort int port, @Autowired RpcServer server,
                @RpcClient("places") Channel places, @Autowired MetPlaces own) {
            assertThat(port).isEqualTo(server.port());
            meetOthers(places, own);
        }

    }

    /** Has faults, and so a context to itself, whose tests take turns. */
    @SpringBootTest(classes = Application.class, properties = "spring.application.name=faulty")
    @InProcessRpc
    @Execution(ExecutionMode.SAME_THREAD)
    static class Faulty {

        @RepeatedTest(TIMES)
        void failsAlone(@RpcClient("places") Channel places, @Autowired RpcFaults faults) {
            faults.onServer().fail(Code.ABORTED, "on the server");
            assertAborted(places, "on the server");
        }

        @RepeatedTest(TIMES)
        void failsAloneOnTheClient(@RpcClient("places") Channel places, @Autowired RpcFaults faults) {
            faults.onClient("places").fail(Code.ABORTED, "on the client");
            assertAborted(places, "on the client");
        }

        private static void assertAborted(Channel places, String text) {
            assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> PlacesGrpc.newBlockingStub(places).find(PlaceName.getDefaultInstance()))
                .withMessage("ABORTED: " + text);
        }

    }

    /** The application under test. */
    @Configuration(proxyBeanMethods = false)
    @Import({ RpcTestAutoConfigurations.class, MetPlaces.class })
    static class Application {

    }

    /** Has no beans. */
    @Configuration(proxyBeanMethods = false)
    static class Nothing {

    }

    /** Answers when all have asked, and says which server it is. */
    @RpcService(PlacesGrpc.class)
    static class MetPlaces {

        final String id = UUID.randomUUID().toString();

        Place find(PlaceName name) throws InterruptedException {
            all.countDown();
            if (!all.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException(all.getCount() + " tests have not come");
            }
            return Place.newBuilder().setZone(this.id).build();
        }

    }

}
