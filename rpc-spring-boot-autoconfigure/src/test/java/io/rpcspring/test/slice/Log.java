package io.rpcspring.test.slice;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import io.rpcspring.RpcInterceptor;

/**
 * Keeps what is called.
 */
@RpcInterceptor
public class Log implements ServerInterceptor {

    public final List<String> calls = new CopyOnWriteArrayList<>();

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        this.calls.add(call.getMethodDescriptor().getFullMethodName());
        return next.startCall(call, headers);
    }

}
