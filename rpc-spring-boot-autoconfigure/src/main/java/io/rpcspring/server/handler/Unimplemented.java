package io.rpcspring.server.handler;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;

import io.rpcspring.RpcErrorReason;
import io.rpcspring.server.call.LastResort;
import io.rpcspring.server.error.OwnStatuses;

/**
 * Answers calls of a method that has no handler.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 * @param statuses makes the answer
 */
record Unimplemented<Q, R>(OwnStatuses statuses) implements ServerCallHandler<Q, R> {

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
        String method = call.getMethodDescriptor().getFullMethodName();
        LastResort.close(call, this.statuses.of(RpcErrorReason.NOT_SERVED,
                Status.UNIMPLEMENTED.withDescription("Method " + method + " is unimplemented")));
        return new ServerCall.Listener<>() {
        };
    }

}
