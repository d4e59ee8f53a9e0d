package io.rpcspring.test.fault;

import java.util.Objects;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.MethodDescriptor.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of a call to which something happens.
 */
final class FaultyAttempt {

    /** One to which nothing happens. */
    static final FaultyAttempt NOT_FAULTY = new FaultyAttempt(FaultPlan.NONE, MethodType.UNKNOWN, CallOptions.DEFAULT);

    private final FaultPlan plan;

    private final MethodType type;

    private final CallOptions options;

    /** Where it would have gone. Written before it goes elsewhere. */
    private volatile @Nullable PickResult server;

    FaultyAttempt(FaultPlan plan, MethodType type, CallOptions options) {
        this.plan = plan;
        this.type = type;
        this.options = options;
    }

    FaultPlan plan() {
        return this.plan;
    }

    MethodType type() {
        return this.type;
    }

    /** Whether it comes to a server at last. */
    boolean needsServer() {
        return this.plan.end() == null;
    }

    /** Whether it finds no server, without being held up before. */
    boolean isUnavailable() {
        return this.plan.isUnavailable() && this.plan.delay().isZero();
    }

    void goesTo(PickResult chosen) {
        this.server = chosen;
    }

    Subchannel server() {
        return Objects.requireNonNull(Objects.requireNonNull(this.server).getSubchannel());
    }

    /**
     * What concerns the attempt and not the call: its tracers have seen it, and its
     * credentials are among the headers.
     */
    CallOptions options() {
        CallOptions own = CallOptions.DEFAULT.withExecutor(Runnable::run)
            .withDeadline(this.options.getDeadline())
            .withAuthority(this.options.getAuthority())
            .withCompression(this.options.getCompressor());
        Integer inbound = this.options.getMaxInboundMessageSize();
        if (inbound != null) {
            own = own.withMaxInboundMessageSize(inbound);
        }
        ClientStreamTracer.Factory policys = Objects.requireNonNull(this.server).getStreamTracerFactory();
        return (policys != null) ? own.withStreamTracerFactory(policys) : own;
    }

}
