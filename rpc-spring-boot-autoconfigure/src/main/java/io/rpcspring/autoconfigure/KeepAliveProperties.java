package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.ServerBuilder;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the server finds out that a client is gone, and how often clients may ask.
 *
 * @param time After how long without a word the server asks whether the client is still
 * there. 0s never asks.
 * @param timeout How long the client may take to answer before its connection is closed.
 * @param permitTime How often clients may ask. One that asks more often is disconnected.
 * @param permitWithoutCalls Whether clients may ask while they have no call in flight.
 */
record KeepAliveProperties(@DefaultValue("2m") Duration time, @DefaultValue("20s") Duration timeout,
        @DefaultValue("10s") Duration permitTime, @DefaultValue("true") boolean permitWithoutCalls) {

    private static final String PREFIX = "rpc.server.keep-alive.";

    /** What grpc-java would silently make of anything shorter. */
    private static final Duration LEAST_TIME = Duration.ofSeconds(10);

    private static final Duration LEAST_TIMEOUT = Duration.ofMillis(10);

    KeepAliveProperties {
        Bounds.zeroOrAtLeast(PREFIX + "time", time, LEAST_TIME, "2m");
        Bounds.atLeast(PREFIX + "timeout", timeout, LEAST_TIMEOUT, "20s");
        Bounds.atLeast(PREFIX + "permit-time", permitTime, Duration.ZERO, "10s");
    }

    void applyTo(ServerBuilder<?> builder) {
        if (!this.time.isZero()) {
            builder.keepAliveTime(this.time.toNanos(), TimeUnit.NANOSECONDS);
        }
        else {
            builder.keepAliveTime(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        }
        builder.keepAliveTimeout(this.timeout.toNanos(), TimeUnit.NANOSECONDS)
            .permitKeepAliveTime(this.permitTime.toNanos(), TimeUnit.NANOSECONDS)
            .permitKeepAliveWithoutCalls(this.permitWithoutCalls);
    }

}
