package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.concurrent.Executor;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;

/**
 * Owns the pools of one server and chooses the pool of each call.
 * <p>
 * grpc-java asks on its event loop, once per call, after the headers and before any
 * interceptor: looking up the pool costs no thread hop, and running the call costs one.
 * The server's own executor must therefore be the direct one.
 */
public final class HandlerPools implements ServerCallExecutorSupplier {

    private final HandlerPool defaultPool;

    /**
     * Starts the pools.
     * @param size how many calls the default pool runs at once, at least 1
     */
    public HandlerPools(int size) {
        this.defaultPool = new HandlerPool("default", size);
    }

    @Override
    public <ReqT, RespT> Executor getExecutor(ServerCall<ReqT, RespT> call, Metadata headers) {
        return this.defaultPool;
    }

    /**
     * Ends the pools. Call it after the server has let go of its calls. Closing twice is
     * fine.
     * @param patience how long to wait for what still runs, before it is interrupted and
     * once more after
     * @return whether every handler ended in time
     */
    public boolean close(Duration patience) {
        return this.defaultPool.close(patience);
    }

}
