package io.rpcspring.server.pool;

import java.util.Map;
import java.util.concurrent.Executor;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the pool of each call by its method.
 *
 * @param methods what is chosen for a method, by its full name
 * @param others what is chosen for methods that are not known
 */
record PoolChoice(Map<String, Chosen> methods, Chosen others) implements ServerCallExecutorSupplier {

    static final PoolChoice NONE = new PoolChoice(Map.of(), new Chosen(null, false));

    private static final Executor TRANSPORT = Runnable::run;

    @Override
    public <ReqT, RespT> Executor getExecutor(ServerCall<ReqT, RespT> call, Metadata headers) {
        Chosen chosen = chosen(call.getMethodDescriptor().getFullMethodName());
        return (chosen.pool != null) ? chosen.pool.admit(call, chosen.holdsThread) : TRANSPORT;
    }

    Executor executorOf(String method) {
        HandlerPool pool = chosen(method).pool;
        return (pool != null) ? pool : TRANSPORT;
    }

    private Chosen chosen(String method) {
        return this.methods.getOrDefault(method, this.others);
    }

    /**
     * A pool and how a method uses it.
     *
     * @param pool the pool, or null for the transport's thread
     * @param holdsThread whether handlers hold their thread as long as their stream lives
     */
    record Chosen(@Nullable HandlerPool pool, boolean holdsThread) {
    }

}
