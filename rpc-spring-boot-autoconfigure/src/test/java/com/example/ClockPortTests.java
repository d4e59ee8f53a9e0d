package com.example;

import com.example.clock.ClockGrpc;
import com.example.clock.ClockGrpc.ClockBlockingStub;
import com.example.clock.Place;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;

import io.rpcspring.test.LocalRpcServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/** Calls the application as a stranger does. */
@SpringBootTest(
        properties = { "rpc.server.port=0", "rpc.client.channels.clock.target=localhost:${local.rpc.server.port}" })
class ClockPortTests {

    @Test
    void tellsTheTime(@LocalRpcServerPort int port) {
        ManagedChannel channel = Grpc.newChannelBuilder("localhost:" + port, InsecureChannelCredentials.create())
            .build();
        try {
            Place tokyo = Place.newBuilder().setZone("Asia/Tokyo").build();
            ClockBlockingStub clock = ClockGrpc.newBlockingStub(channel).withInterceptors(new TeamHeader());
            assertThat(clock.timeAt(tokyo).getTime()).matches("\\d\\d:\\d\\d.*");
        }
        finally {
            channel.shutdownNow();
        }
    }

}
