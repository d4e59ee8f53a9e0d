package io.rpcspring.server;

import java.util.concurrent.atomic.LongAdder;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Counts the calls in flight: those whose headers have come and whose end has not.
 */
final class CallCounter extends ServerStreamTracer.Factory {

    private final LongAdder inFlight = new LongAdder();

    /** One for all calls: grpc-java tells it the end of each stream exactly once. */
    private final ServerStreamTracer tracer = new ServerStreamTracer() {

        @Override
        public void streamClosed(Status status) {
            CallCounter.this.inFlight.decrement();
        }

    };

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        this.inFlight.increment();
        return this.tracer;
    }

    boolean isZero() {
        return this.inFlight.sum() == 0;
    }

}
