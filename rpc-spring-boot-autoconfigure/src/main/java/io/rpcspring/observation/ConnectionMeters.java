package io.rpcspring.observation;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections of the server.
 * <p>
 * grpc-java does not say why a connection ends. What can be told is whether it ever spoke
 * gRPC, and whether it became as old as it may.
 */
public final class ConnectionMeters extends ServerTransportFilter {

    /** grpc-java takes a tenth more or less, so that not all clients come at once. */
    private static final double YOUNGEST = 0.9;

    private static final Attributes.Key<Long> SINCE = Attributes.Key.create("io.rpcspring.connection-since");

    private final AtomicInteger open = new AtomicInteger();

    private final Map<Reason, Counter> closed = new EnumMap<>(Reason.class);

    private final Duration maxAge;

    /**
     * Makes the meters.
     * @param registry gets them
     * @param maxAge after how long the server closes a connection; zero if it never does
     */
    public ConnectionMeters(MeterRegistry registry, Duration maxAge) {
        this.maxAge = maxAge;
        Gauge.builder("rpc.server.connections", this.open, AtomicInteger::get)
            .description("Open connections")
            .register(registry);
        for (Reason reason : Reason.values()) {
            this.closed.put(reason,
                    Counter.builder("rpc.server.connections.closed")
                        .description("Connections that have ended")
                        .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                        .register(registry));
        }
    }

    @Override
    public Attributes transportReady(Attributes attributes) {
        this.open.incrementAndGet();
        return attributes.toBuilder().set(SINCE, System.nanoTime()).build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes attributes) {
        Long since = (attributes != null) ? attributes.get(SINCE) : null;
        if (since != null) {
            this.open.decrementAndGet();
        }
        Objects.requireNonNull(this.closed.get(reason(since))).increment();
    }

    private Reason reason(@Nullable Long since) {
        if (since == null) {
            return Reason.HANDSHAKE;
        }
        boolean old = !this.maxAge.isZero() && System.nanoTime() - since >= this.maxAge.toNanos() * YOUNGEST;
        return old ? Reason.AGE : Reason.OTHER;
    }

    /** Why a connection has ended, as far as it can be told. */
    private enum Reason {

        /** It did not get as far as TLS and HTTP/2. */
        HANDSHAKE,

        /** It was as old as it may become. */
        AGE,

        /** Its client left, or it was closed for another reason. */
        OTHER

    }

}
