package com.example;

import com.example.clock.ClockGrpc;
import com.example.clock.Place;
import org.springframework.stereotype.Component;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.client.RuntimeChannel;

/**
 * Asks the clock of a tenant, whose server is known only when the tenant calls.
 */
@Component
class TenantClock {

    private final RpcChannels channels;

    TenantClock(RpcChannels channels) {
        this.channels = channels;
    }

    String timeAt(String server, Place place) {
        try (RuntimeChannel channel = this.channels.open(server, "clock")) {
            return ClockGrpc.newBlockingStub(channel).timeAt(place).getTime();
        }
    }

}
