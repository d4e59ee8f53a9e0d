package com.example;

import com.example.clock.ClockGrpc.ClockBlockingStub;
import com.example.clock.Place;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;

import io.rpcspring.RpcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the application on a free port and calls it. */
@SpringBootTest(
        properties = { "rpc.server.port=0", "rpc.client.channels.clock.target=localhost:${local.rpc.server.port}" })
class ClockApplicationTests {

    @Test
    void tellsTheTime(@RpcClient("clock") ClockBlockingStub clock) {
        Place tokyo = Place.newBuilder().setZone("Asia/Tokyo").build();
        assertThat(clock.timeAt(tokyo).getTime()).matches("\\d\\d:\\d\\d.*");
    }

}
