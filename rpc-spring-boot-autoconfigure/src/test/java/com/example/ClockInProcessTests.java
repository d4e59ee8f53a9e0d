package com.example;

import com.example.clock.ClockGrpc.ClockBlockingStub;
import com.example.clock.Place;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import io.rpcspring.RpcClient;
import io.rpcspring.test.InProcessRpc;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the application without a network and calls it. */
@SpringBootTest
@InProcessRpc
class ClockInProcessTests {

    private static final Place TOKYO = Place.newBuilder().setZone("Asia/Tokyo").build();

    @Test
    void tellsTheTime(@RpcClient("clock") ClockBlockingStub clock) {
        assertThat(clock.timeAt(TOKYO).getTime()).matches("\\d\\d:\\d\\d.*");
    }

    @Test
    void callsHaveMetadata(@Autowired OneCall call, @Autowired RunningCalls running) {
        assertThat(call.timeAt(TOKYO, "7")).matches("\\d\\d:\\d\\d.*");
        assertThat(call.trailersOf(TOKYO)).isNotNull();
        assertThat(call.trailersOfAFailure(Place.newBuilder().setZone("Nowhere").build())).isNotNull();
        assertThat(running.now()).isBetween(0, 1);
    }

}
