package io.rpcspring.observation;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import io.rpcspring.observation.MeterNames.Side;

/**
 * Counts the calls that come to the server, each once, with the status that it ended
 * with.
 * <p>
 * It stands in the transport, where it sees what no interceptor does: calls that a pool
 * refuses, that expire while they wait, or whose method nobody serves. A call begins when
 * its headers are in. It counts before its client hears of the end.
 */
public final class ServerCallMeters extends ServerStreamTracer.Factory {

    private final SideMeters methods;

    /**
     * Makes no meter yet.
     * @param registry gets the meters
     * @param names names them
     */
    public ServerCallMeters(MeterRegistry registry, MeterNames names) {
        this.methods = new SideMeters(registry, names, Side.SERVER);
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new CallTracer(this.methods, this.methods.known(method));
    }

    /**
     * Sees one call. Which method it is may come to light only when grpc-java has found
     * it, on another thread than that which ends the call.
     */
    private static final class CallTracer extends ServerStreamTracer {

        private static final AtomicReferenceFieldUpdater<CallTracer, @Nullable Traffic> TRAFFIC = AtomicReferenceFieldUpdater
            .newUpdater(CallTracer.class, Traffic.class, "traffic");

        private final long start = System.nanoTime();

        private final SideMeters methods;

        /** Null as long as the method is not known. */
        private volatile @Nullable Traffic traffic;

        private CallTracer(SideMeters methods, @Nullable MethodMeters known) {
            this.methods = methods;
            if (known != null) {
                begin(known);
            }
        }

        @Override
        public void serverCallStarted(ServerCallInfo<?, ?> call) {
            if (this.traffic == null) {
                begin(this.methods.of(call.getMethodDescriptor()));
            }
        }

        private Traffic begin(MethodMeters meters) {
            Traffic mine = new Traffic(meters);
            meters.began();
            if (TRAFFIC.compareAndSet(this, null, mine)) {
                return mine;
            }
            meters.didNotBegin();
            return Objects.requireNonNull(this.traffic);
        }

        @Override
        public void inboundMessage(int number) {
            traffic().receivedMessage();
        }

        @Override
        public void outboundMessage(int number) {
            traffic().sentMessage();
        }

        @Override
        public void inboundWireSize(long bytes) {
            traffic().received(bytes);
        }

        @Override
        public void outboundWireSize(long bytes) {
            traffic().sent(bytes);
        }

        @Override
        public void streamClosed(Status status) {
            Traffic all = traffic();
            all.ended();
            all.meters().ended(status.getCode(), System.nanoTime() - this.start);
        }

        private Traffic traffic() {
            Traffic known = this.traffic;
            return (known != null) ? known : begin(this.methods.others());
        }

    }

}
