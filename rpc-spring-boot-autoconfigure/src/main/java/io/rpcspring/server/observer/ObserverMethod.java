package io.rpcspring.server.observer;

import java.lang.invoke.MethodHandle;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.call.LiveCalls.QuietHandler;
import io.rpcspring.server.error.CallFailures;

/**
 * A method that takes a {@code StreamObserver}, bound to its gRPC method.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 * @param rpc the gRPC method
 * @param handle takes a request, if there is just one, and the observer of the responses
 * @param describe the method in the code of the application, for the log
 * @param failures maps what it throws
 */
record ObserverMethod<Q, R>(MethodDescriptor<Q, R> rpc, MethodHandle handle, String describe,
        CallFailures failures) implements QuietHandler<Q, R> {

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
        if (this.rpc.getType().clientSendsOneMessage()) {
            OneRequestCall<Q, R> one = new OneRequestCall<>(this, call);
            one.listen();
            return one;
        }
        ManyRequestsCall<Q, R> many = new ManyRequestsCall<>(this, call);
        many.listen();
        many.start();
        return many;
    }

    /** One that observes its requests is told of their end. */
    @Override
    public boolean isQuiet() {
        return this.rpc.getType().clientSendsOneMessage();
    }

    void invoke(Q request, StreamObserver<R> responses) throws Throwable {
        this.handle.invokeExact((Object) request, (StreamObserver<?>) responses);
    }

    @SuppressWarnings("unchecked") // as the interface of the methods has it
    @Nullable StreamObserver<Q> observe(StreamObserver<R> responses) throws Throwable {
        return (StreamObserver<Q>) (Object) this.handle.invokeExact((StreamObserver<?>) responses);
    }

}
