package io.rpcspring.test.fault;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts a call's messages up to the one after which its connection is lost.
 * <p>
 * Those that stream are counted: requests where only the client streams, or else
 * responses.
 */
final class MessageCount {

    private final int most;

    private final boolean requests;

    private final AtomicInteger count = new AtomicInteger();

    /**
     * A count for one call.
     * @param most how many messages come through; -1 for all
     * @param requests whether requests are counted
     */
    MessageCount(int most, boolean requests) {
        this.most = most;
        this.requests = requests;
    }

    /** Whether no request comes through at all. */
    boolean isRequestLost() {
        return this.requests && this.most == 0;
    }

    /** Whether nothing that the server answers comes through at all. */
    boolean isResponseLost() {
        return !this.requests && this.most == 0;
    }

    /** Counts a request. */
    boolean isLastRequest() {
        return this.requests && isLast();
    }

    /** Counts a response. */
    boolean isLastResponse() {
        return !this.requests && isLast();
    }

    private boolean isLast() {
        return this.count.incrementAndGet() == this.most;
    }

}
