package io.rpcspring.observation;

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

import io.rpcspring.server.transport.Goodbyes;
import io.rpcspring.server.transport.Goodbyes.Goodbye;

/**
 * Counts the connections of the server, and why they end.
 */
public final class ConnectionMeters extends ServerTransportFilter {

    private static final Attributes.Key<Boolean> SPOKEN = Attributes.Key.create("io.rpcspring.connection-spoken");

    private final AtomicInteger open = new AtomicInteger();

    private final Map<Reason, Counter> closed = new EnumMap<>(Reason.class);

    private final Goodbyes goodbyes;

    /**
     * Makes the meters.
     * @param registry gets them
     * @param goodbyes knows what the server has said to those that it closes
     */
    public ConnectionMeters(MeterRegistry registry, Goodbyes goodbyes) {
        this.goodbyes = goodbyes;
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
        return attributes.toBuilder().set(SPOKEN, true).build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes attributes) {
        Reason reason = Reason.HANDSHAKE;
        if (attributes != null && attributes.get(SPOKEN) != null) {
            this.open.decrementAndGet();
            reason = Reason.of(this.goodbyes.to(attributes));
        }
        Objects.requireNonNull(this.closed.get(reason)).increment();
    }

    /** Why a connection has ended, as far as it can be told. */
    private enum Reason {

        /** It did not get as far as TLS and HTTP/2. */
        HANDSHAKE,

        /** It was as old as it may become. */
        AGE,

        /** It had no call for too long. */
        IDLE,

        /** Too many calls were reset. */
        RESETS,

        /** Its client asked too often whether the server is there. */
        PINGS,

        /** Its client broke the protocol. */
        PROTOCOL,

        /** The server has stopped. */
        DRAIN,

        /** Its client left, or the network broke. */
        OTHER;

        /** {@code INTERNAL_ERROR}: Netty says so where reading or writing has failed. */
        private static final long NETWORK = 2;

        private static Reason of(@Nullable Goodbye said) {
            if (said == null) {
                return OTHER;
            }
            return switch (said.text()) {
                case "max_age" -> AGE;
                case "max_idle" -> IDLE;
                case "too_many_pings" -> PINGS;
                case "app_requested" -> DRAIN;
                default -> ofError(said);
            };
        }

        /** grpc-java counts the resets that it reads, and Netty those that it writes. */
        private static Reason ofError(Goodbye said) {
            if (said.text().equals("too_many_rststreams") || said.text().contains("RST frames")) {
                return RESETS;
            }
            return (said.code() == 0 || said.code() == NETWORK) ? OTHER : PROTOCOL;
        }

    }

}
