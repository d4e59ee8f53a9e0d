package io.rpcspring.server.handler;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;

/**
 * Answers calls of a method that has no handler.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class Unimplemented<Q, R> implements ServerCallHandler<Q, R> {

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
        call.close(
                Status.UNIMPLEMENTED
                    .withDescription("Method " + call.getMethodDescriptor().getFullMethodName() + " is unimplemented"),
                new Metadata());
        return new ServerCall.Listener<>() {
        };
    }

}
