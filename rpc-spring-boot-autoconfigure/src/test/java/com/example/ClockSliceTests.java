package com.example;

import com.example.clock.ClockGrpc.ClockBlockingStub;
import com.example.clock.Place;
import org.junit.jupiter.api.Test;

import io.rpcspring.RpcClient;
import io.rpcspring.test.RpcTest;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs one service and calls it. */
@RpcTest(ClockService.class)
class ClockSliceTests {

    @Test
    void tellsTheTime(@RpcClient("clock") ClockBlockingStub clock) {
        Place tokyo = Place.newBuilder().setZone("Asia/Tokyo").build();
        assertThat(clock.timeAt(tokyo).getTime()).matches("\\d\\d:\\d\\d.*");
    }

}
