package io.rpcspring.server.pool;

import java.util.Set;
import java.util.concurrent.Executor;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;

/**
 * Chooses the pool of each call by its method.
 *
 * @param defaultPool runs what is in no other pool
 * @param streams runs handlers that hold their thread as long as their stream lives
 * @param blockingStreams the methods that have such handlers
 */
record PoolChoice(Executor defaultPool, Executor streams,
        Set<String> blockingStreams) implements ServerCallExecutorSupplier {

    @Override
    public <ReqT, RespT> Executor getExecutor(ServerCall<ReqT, RespT> call, Metadata headers) {
        boolean holdsThread = this.blockingStreams.contains(call.getMethodDescriptor().getFullMethodName());
        return holdsThread ? new StreamExecutor(this.streams) : this.defaultPool;
    }

}
