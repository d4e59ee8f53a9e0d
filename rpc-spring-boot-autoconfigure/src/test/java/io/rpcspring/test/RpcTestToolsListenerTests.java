package io.rpcspring.test;

import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.test.fault.FaultBook;
import io.rpcspring.test.fault.FaultProbe;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What one test arms, the next does not meet.
 */
@SpringJUnitConfig(RpcTestTools.class)
class RpcTestToolsListenerTests {

    @RepeatedTest(2)
    void eachTestBeginsWithoutFaultsAndCalls(@Autowired RpcFaults faults, @Autowired RpcRecorder recorder,
            @Autowired FaultBook book) {
        assertThat(FaultProbe.hits(book, PlacesGrpc.getFindMethod())).isFalse();
        assertThat(recorder.received()).isEmpty();
        faults.onServer().fail(Status.Code.ABORTED, "");
        recorder.onServer().newServerStreamTracer("places.v1.Places/Find", new Metadata());
        assertThat(FaultProbe.hits(book, PlacesGrpc.getFindMethod())).isTrue();
        assertThat(recorder.received()).hasSize(1);
    }

}
