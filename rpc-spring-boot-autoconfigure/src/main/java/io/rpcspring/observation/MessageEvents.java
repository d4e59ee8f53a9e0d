package io.rpcspring.observation;

import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.observation.Observation;

/**
 * Makes events of the first messages of a call, if any are wanted.
 */
final class MessageEvents {

    private static final Observation.Event SENT = Observation.Event.of("rpc.message.sent");

    private static final Observation.Event RECEIVED = Observation.Event.of("rpc.message.received");

    private final Observation observation;

    private final AtomicInteger left;

    MessageEvents(Observation observation, int most) {
        this.observation = observation;
        this.left = new AtomicInteger(most);
    }

    boolean areWanted() {
        return this.left.get() > 0;
    }

    void sent() {
        add(SENT);
    }

    void received() {
        add(RECEIVED);
    }

    private void add(Observation.Event event) {
        if (this.left.get() > 0 && this.left.getAndDecrement() > 0) {
            this.observation.event(event);
        }
    }

}
