package io.rpcspring.server.call;

import java.time.Duration;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcContext;

/**
 * A call with all that can be known of it beside its messages.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
abstract class KnownCall<Q, R> extends SerializedCall<Q, R> {

    /**
     * Milliseconds of this length, in nanoseconds, fit into what is left of the object.
     */
    private static final int TICK = 20;

    private final Metadata headers;

    /** When it came, in ticks. */
    private final int since = (int) (System.nanoTime() >> TICK);

    /** What all see of it; null before anybody asked. Guarded by this for writing. */
    private volatile @Nullable RpcContext rpcContext;

    KnownCall(ServerCall<Q, R> call, Metadata headers, CallRules rules) {
        super(call, rules);
        this.headers = headers;
    }

    final RpcContext rpcContext() {
        RpcContext known = this.rpcContext;
        return (known != null) ? known : newRpcContext();
    }

    private synchronized RpcContext newRpcContext() {
        RpcContext known = this.rpcContext;
        if (known == null) {
            Context previous = context().attach();
            try {
                known = new RpcContext(this, this.headers);
            }
            finally {
                context().detach(previous);
            }
            this.rpcContext = known;
        }
        return known;
    }

    /** The same, as interceptors pass the call and its metadata on. */
    final synchronized RpcContext rpcContext(ServerCall<?, ?> call, Metadata passedOn) {
        RpcContext known = this.rpcContext;
        if (known != null) {
            known.passedOn(call, passedOn);
            return known;
        }
        RpcContext first = new RpcContext(call, passedOn);
        this.rpcContext = first;
        return first;
    }

    /** Starts anew after 52 days. */
    final Duration age() {
        int ticks = (int) (System.nanoTime() >> TICK) - this.since;
        return Duration.ofMillis(Duration.ofNanos(Integer.toUnsignedLong(ticks) << TICK).toMillis());
    }

}
