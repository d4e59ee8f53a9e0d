package io.rpcspring.test;

import java.time.Duration;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.RpcClient;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;
import io.rpcspring.sample.places.PlacesGrpc.PlacesFutureStub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Faults and the recorder in a test of a whole application without any YAML.
 */
@SpringBootTest(properties = { "rpc.client.defaults.retry.max-attempts=3",
        "rpc.client.defaults.retry.initial-backoff=5ms", "rpc.client.defaults.hedging.max-attempts=1" })
@InProcessRpc
class InProcessFaultsTests {

    private static final PlaceName OSLO = PlaceName.newBuilder().setName("Oslo").build();

    @RepeatedTest(2)
    void faultsAndRecordsBelongToOneTest(@RpcClient("places") PlacesBlockingStub places,
            @RpcClient("places") PlacesFutureStub later, @Autowired RpcFaults faults, @Autowired RpcRecorder recorder) {
        assertThat(recorder.received()).isEmpty();
        RpcFaults.Fault gone = faults.onClient("places").times(2).fail(Code.UNAVAILABLE, "gone");
        assertThat(places.find(OSLO).getName()).isEqualTo("Oslo");
        assertThat(gone.hits()).isEqualTo(2);
        assertThat(recorder).sent("places", PlacesGrpc.getFindMethod()).once().withAttempts(3);
        assertThat(recorder).received(PlacesGrpc.getFindMethod()).once().withRequests(OSLO).endedWith(Code.OK);
        faults.onServer().service("places.v1.Places").fail(Code.ABORTED, "not now");
        ListenableFuture<Place> found = later.find(OSLO);
        assertThat(found).failsWithin(Duration.ofSeconds(30));
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> places.find(OSLO))
            .withMessage("ABORTED: not now");
    }

    /** The application under test. */
    @Configuration(proxyBeanMethods = false)
    @Import({ RpcTestAutoConfigurations.class, CountedPlaces.class })
    static class Application {

    }

}
