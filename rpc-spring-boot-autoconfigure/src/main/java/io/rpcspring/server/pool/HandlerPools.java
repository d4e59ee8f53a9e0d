package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;

import io.grpc.ServerCallExecutorSupplier;

/**
 * Owns the pools of one server.
 * <p>
 * A live stream of a plain-object service holds its thread for as long as it lives, so
 * these have a pool of their own, {@code streams}: however many there are, they never
 * delay the calls in {@code default}.
 */
public final class HandlerPools {

    private final HandlerPool defaultPool;

    private final HandlerPool streams;

    /**
     * Starts the pools, without a thread yet.
     * @param size how many calls each pool runs at once, at least 1
     */
    public HandlerPools(int size) {
        this.defaultPool = new HandlerPool("default", size);
        this.streams = new HandlerPool("streams", size);
    }

    /**
     * Where handlers run that hold their thread as long as their stream lives.
     * @return the pool {@code streams}
     */
    public Executor streams() {
        return this.streams;
    }

    /**
     * Chooses the pool of each call.
     * <p>
     * grpc-java asks on its event loop, once per call, after the headers and before any
     * interceptor: looking up the pool costs no thread hop, and running the call costs
     * one. The server's own executor must therefore be the direct one.
     * @param blockingStreams the full names of the streaming methods of plain-object
     * services
     * @return what grpc-java asks
     */
    public ServerCallExecutorSupplier choice(Set<String> blockingStreams) {
        return new PoolChoice(this.defaultPool, this.streams, Set.copyOf(blockingStreams));
    }

    /**
     * Ends the pools. Call it after the server has let go of its calls. Closing twice is
     * fine.
     * @param patience how long each pool waits for what still runs, before it is
     * interrupted and once more after
     */
    public void close(Duration patience) {
        this.defaultPool.close(patience);
        this.streams.close(patience);
    }

}
