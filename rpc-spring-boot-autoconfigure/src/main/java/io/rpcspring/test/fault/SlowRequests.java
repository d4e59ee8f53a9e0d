package io.rpcspring.test.fault;

import java.time.Duration;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ServerCall;

/**
 * Asks for one request after the other, with time between them.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class SlowRequests<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private final Duration perMessage;

    private final FaultTimer timer;

    /** How many the handler has asked for and not got yet. Guarded by this. */
    private long wanted;

    SlowRequests(ServerCall<Q, R> call, Duration perMessage, FaultTimer timer) {
        super(call);
        this.perMessage = perMessage;
        this.timer = timer;
    }

    @Override
    public void request(int count) {
        synchronized (this) {
            boolean waiting = this.wanted > 0;
            this.wanted += count;
            if (waiting) {
                return;
            }
        }
        requestLater();
    }

    private void requestLater() {
        this.timer.runAfter(this.perMessage, this::requestOne);
    }

    private void requestOne() {
        boolean more;
        synchronized (this) {
            this.wanted--;
            more = this.wanted > 0;
        }
        super.request(1);
        if (more) {
            requestLater();
        }
    }

}
