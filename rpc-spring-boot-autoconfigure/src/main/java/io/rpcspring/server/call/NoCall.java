package io.rpcspring.server.call;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;

import io.rpcspring.RpcContext;

/**
 * Stands for a call where what decides about calls is tried before there is any.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
public final class NoCall<Q, R> extends ServerCall<Q, R> {

    private final MethodDescriptor<Q, R> method;

    private NoCall(MethodDescriptor<Q, R> method) {
        this.method = method;
    }

    /**
     * Stands for a call of a method.
     * @param method any
     * @return what is known of the call: nothing but its method
     */
    public static RpcContext of(MethodDescriptor<?, ?> method) {
        return new RpcContext(new NoCall<>(method), new Metadata());
    }

    @Override
    public void request(int messages) {
    }

    @Override
    public void sendHeaders(Metadata headers) {
    }

    @Override
    public void sendMessage(R message) {
    }

    @Override
    public void close(Status status, Metadata trailers) {
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
        return this.method;
    }

}
