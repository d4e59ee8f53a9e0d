package com.example;

import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannelBuilder;
import org.springframework.stereotype.Component;

import io.rpcspring.client.RpcChannelCustomizer;

/** Notices within two minutes that the clock's server is gone. */
@Component
class KeepClockAlive implements RpcChannelCustomizer {

    @Override
    public void customize(String channel, ManagedChannelBuilder<?> builder) {
        if (channel.equals("clock")) {
            builder.keepAliveTime(2, TimeUnit.MINUTES);
        }
    }

}
