package com.example;

import com.example.clock.ClockGrpc.ClockBlockingStub;
import com.example.clock.Place;
import org.springframework.stereotype.Component;

import io.rpcspring.RpcClient;

/** Knows what time it is in Tokyo. */
@Component
class TokyoClock {

    private final ClockBlockingStub clock;

    TokyoClock(@RpcClient("clock") ClockBlockingStub clock) {
        this.clock = clock;
    }

    String now() {
        return this.clock.timeAt(Place.newBuilder().setZone("Asia/Tokyo").build()).getTime();
    }

}
