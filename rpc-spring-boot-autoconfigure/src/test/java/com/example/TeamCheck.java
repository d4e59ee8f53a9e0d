package com.example;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.springframework.core.annotation.Order;

import io.rpcspring.RpcInterceptor;

/**
 * Lets nobody ask the clock who does not say for which team.
 */
@RpcInterceptor(services = "clock.Clock")
@Order(1)
class TeamCheck implements ServerInterceptor {

    private static final Metadata.Key<String> TEAM = Metadata.Key.of("x-team", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        if (headers.get(TEAM) == null) {
            throw Status.UNAUTHENTICATED.withDescription("Say who asks, in x-team").asRuntimeException();
        }
        return next.startCall(call, headers);
    }

}
