package com.example;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.slf4j.MDC;
import org.springframework.core.annotation.Order;

import io.rpcspring.RpcInterceptor;

/**
 * Tells log lines and handlers which team calls.
 */
@RpcInterceptor(services = "clock.Clock")
@Order(2)
class TeamContext implements ServerInterceptor {

    static final Context.Key<String> TEAM = Context.key("team");

    private static final Metadata.Key<String> HEADER = Metadata.Key.of("x-team", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        String team = headers.get(HEADER);
        MDC.put("team", team);
        return Contexts.interceptCall(Context.current().withValue(TEAM, team), call, headers, next);
    }

}
