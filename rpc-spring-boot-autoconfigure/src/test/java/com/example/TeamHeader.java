package com.example;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.MetadataUtils;
import org.springframework.core.annotation.Order;

import io.rpcspring.RpcInterceptor;

/**
 * Tells the clock's server which team calls.
 */
@RpcInterceptor(channels = "clock")
@Order(1)
class TeamHeader implements ClientInterceptor {

    private static final Metadata.Key<String> TEAM = Metadata.Key.of("x-team", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        Metadata headers = new Metadata();
        headers.put(TEAM, "maps");
        return MetadataUtils.newAttachHeadersInterceptor(headers).interceptCall(method, options, next);
    }

}
