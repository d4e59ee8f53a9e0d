package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.ServerBuilder;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long connections last.
 *
 * @param maxIdle How long a connection may be without calls before it is closed in order.
 * 0s never closes it.
 * @param maxAge How old a connection may become, 10 % more or less, before it is closed
 * in order, so that clients spread over new servers. 0s never closes it.
 * @param maxAgeGrace How long the calls of a connection that is too old may take before
 * they are cancelled. As long as they like if not set.
 */
record ConnectionProperties(@DefaultValue("30m") Duration maxIdle, @DefaultValue("0s") Duration maxAge,
        @Nullable Duration maxAgeGrace) {

    private static final String PREFIX = "rpc.server.connection.";

    private static final Duration LEAST = Duration.ofSeconds(1);

    ConnectionProperties {
        Bounds.zeroOrAtLeast(PREFIX + "max-idle", maxIdle, LEAST, "30m");
        Bounds.zeroOrAtLeast(PREFIX + "max-age", maxAge, LEAST, "1h");
        if (maxAgeGrace != null) {
            Bounds.atLeast(PREFIX + "max-age-grace", maxAgeGrace, Duration.ZERO, "5m");
        }
    }

    void applyTo(ServerBuilder<?> builder) {
        if (!this.maxIdle.isZero()) {
            builder.maxConnectionIdle(this.maxIdle.toNanos(), TimeUnit.NANOSECONDS);
        }
        if (!this.maxAge.isZero()) {
            builder.maxConnectionAge(this.maxAge.toNanos(), TimeUnit.NANOSECONDS);
        }
        if (this.maxAgeGrace != null) {
            builder.maxConnectionAgeGrace(this.maxAgeGrace.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

}
