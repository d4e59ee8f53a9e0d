package io.rpcspring.server.pool;

import java.util.Map;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.HandlerPools.PooledCall;

/**
 * Chooses the pool of each call by its method.
 *
 * @param methods what is chosen for a method, by its full name
 * @param others what is chosen for methods that are not known
 * @param threadLocals carries what is left on the transport's thread, if anything can be
 */
record PoolChoice(Map<String, Chosen> methods, Chosen others, @Nullable ThreadLocals threadLocals) {

    private static final Executor TRANSPORT = Runnable::run;

    Executor admit(PooledCall call) {
        HandlerPool pool = poolOf(call.getMethodDescriptor().getFullMethodName());
        if (pool != null) {
            AdmittedCall admitted = pool.admit(call);
            return (admitted != null) ? admitted : TRANSPORT;
        }
        HandlerPools.requestOne(call);
        return (this.threadLocals != null)
                ? new TransportCall(this.threadLocals, call.getMethodDescriptor().getType().clientSendsOneMessage())
                : TRANSPORT;
    }

    @Nullable HandlerPool poolOf(String method) {
        return this.methods.getOrDefault(method, this.others).pool;
    }

    /**
     * What runs a method.
     *
     * @param pool null for the transport's own thread
     */
    record Chosen(@Nullable HandlerPool pool) {
    }

}
