package io.rpcspring.server.call;

import io.grpc.BinaryLog;
import io.grpc.Channel;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;

/**
 * Puts an interceptor before those that a mesh adds when the server is built.
 * <p>
 * It stands where a binary log would: there is no other way to be before them. Calls that
 * they refuse would have no end here.
 */
final class Outermost extends BinaryLog {

    private final ServerInterceptor interceptor;

    Outermost(ServerInterceptor interceptor) {
        this.interceptor = interceptor;
    }

    @Override
    public <Q, R> ServerMethodDefinition<?, ?> wrapMethodDefinition(ServerMethodDefinition<Q, R> method) {
        return method.withServerCallHandler(
                (call, headers) -> this.interceptor.interceptCall(call, headers, method.getServerCallHandler()));
    }

    @Override
    public Channel wrapChannel(Channel channel) {
        return channel;
    }

    @Override
    public void close() {
    }

}
