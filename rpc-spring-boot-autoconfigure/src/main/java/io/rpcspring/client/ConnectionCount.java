package io.rpcspring.client;

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Attributes;
import io.grpc.ClientTransportFilter;

/**
 * Counts the connections of a channel that are open.
 */
final class ConnectionCount extends ClientTransportFilter {

    private static final Attributes.Key<Boolean> COUNTED = Attributes.Key.create("io.rpcspring.client.counted");

    private final AtomicInteger open = new AtomicInteger();

    int open() {
        return this.open.get();
    }

    @Override
    public Attributes transportReady(Attributes attributes) {
        this.open.incrementAndGet();
        return attributes.toBuilder().set(COUNTED, true).build();
    }

    /** Told also of those that never were ready. */
    @Override
    public void transportTerminated(Attributes attributes) {
        if (attributes.get(COUNTED) != null) {
            this.open.decrementAndGet();
        }
    }

}
