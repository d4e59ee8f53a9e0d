package io.rpcspring.test.slice;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import io.rpcspring.RpcInterceptor;

/**
 * Is for a service that slices leave out.
 */
@RpcInterceptor(services = "clock.Clock")
class ClockOnly implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
            ServerCallHandler<Q, R> next) {
        return next.startCall(call, headers);
    }

}
