package io.rpcspring.test;

import java.time.Duration;

import io.grpc.Metadata;
import io.grpc.Status.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.PlacesGrpc.PlacesBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * The examples of docs/testing.md about faults and records.
 */
class TestingPageTests {

    private static final Metadata.Key<String> TENANT = Metadata.Key.of("tenant", Metadata.ASCII_STRING_MARSHALLER);

    @RegisterExtension
    static final ToolsServer server = new ToolsServer();

    private final PlaceName oslo = PlaceName.newBuilder().setName("Oslo").build();

    @Test
    void retryGetsOverTwoLostAttempts() {
        RpcFaults faults = server.faults();
        RpcRecorder recorder = server.recorder();
        PlacesBlockingStub places = server.stub("retrying");

        RpcFaults.Fault gone = faults.onClient("retrying").times(2).fail(Code.UNAVAILABLE, "gone");

        assertThat(places.find(this.oslo).getName()).isEqualTo("Oslo");
        assertThat(gone.hits()).isEqualTo(2);
        assertThat(recorder).sent("retrying", PlacesGrpc.getFindMethod()).once().withAttempts(3);
    }

    @Test
    void rulesNarrow() {
        RpcFaults faults = server.faults();
        PlacesBlockingStub places = server.stub("places");

        faults.onServer()
            .method(PlacesGrpc.getWithinMethod())
            .when((headers) -> "acme".equals(headers.get(TENANT)))
            .percent(10)
            .delay(Duration.ofSeconds(2));

        assertThat(places.within(Area.newBuilder().setRadiusKm(1).build()).next().getName()).isEqualTo("Place 0");
    }

    @Test
    void answerIsLost() {
        RpcFaults faults = server.faults();
        PlacesBlockingStub places = server.stub("places");

        try (RpcFaults.Fault lost = faults.onClient("places").dropAfter(0)) {
            assertThatException().isThrownBy(() -> places.find(this.oslo));
            assertThat(lost.hits()).isEqualTo(1);
        }
        assertThat(places.find(this.oslo).getName()).isEqualTo("Oslo");
    }

    @Test
    void recorderTellsWhatWasSentAndReceived() {
        RpcRecorder recorder = server.recorder();
        server.stub("places").find(this.oslo);

        assertThat(recorder).received(PlacesGrpc.getFindMethod())
            .once()
            .withHeader("tag", "x")
            .withRequests(this.oslo)
            .endedWith(Code.OK);

        RpcExchange call = recorder.awaitReceived(PlacesGrpc.getFindMethod(), Duration.ofSeconds(5));
        assertThat(call.requests()).containsExactly(this.oslo);
    }

}
