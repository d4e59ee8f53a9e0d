package com.example;

import com.example.clock.ClockGrpc.ClockBlockingStub;
import com.example.clock.Place;
import org.springframework.boot.CommandLineRunner;
import org.springframework.stereotype.Component;

import io.rpcspring.RpcClient;

/** Asks for the time in Tokyo when the application has started. */
@Component
class AskOnce implements CommandLineRunner {

    private final ClockBlockingStub clock;

    AskOnce(@RpcClient("clock") ClockBlockingStub clock) {
        this.clock = clock;
    }

    @Override
    public void run(String... args) {
        Place tokyo = Place.newBuilder().setZone("Asia/Tokyo").build();
        System.out.println("Tokyo: " + this.clock.timeAt(tokyo).getTime());
    }

}
