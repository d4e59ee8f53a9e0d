package io.rpcspring.server.handler;

import java.lang.invoke.MethodHandle;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

import io.rpcspring.MessageSender;
import io.rpcspring.RpcContext;
import io.rpcspring.server.call.LiveCall;
import io.rpcspring.server.call.LiveCalls.QuietHandler;

/**
 * A method of a bean, bound to a gRPC method.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 * @param rpc the gRPC method
 * @param handle takes the request or receiver, the sender and the context; returns the
 * result
 * @param result what the handler returns
 * @param settings what all handlers of the server share
 */
record HandlerMethod<Q, R>(MethodDescriptor<Q, R> rpc, MethodHandle handle, HandlerResult result,
        HandlerSettings settings) implements QuietHandler<Q, R> {

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
        LiveCall<?, ?> live = LiveCall.of(call);
        RpcContext context = (live != null) ? live.reached(call, headers) : new RpcContext(call, headers);
        HandlerCall<Q, R> handlerCall = this.rpc.getType().clientSendsOneMessage()
                ? new WholeRequestCall<>(this, call, context) : new RequestStreamCall<>(this, call, context);
        handlerCall.start(live);
        return handlerCall;
    }

    @Override
    public boolean isQuiet() {
        return true;
    }

    boolean isUnary() {
        return this.rpc.getType() == MethodType.UNARY;
    }

    @Nullable Object invoke(@Nullable Object first, @Nullable MessageSender<R> sender, RpcContext context) throws Throwable {
        return (Object) this.handle.invokeExact(first, (MessageSender<?>) sender, context);
    }

}
