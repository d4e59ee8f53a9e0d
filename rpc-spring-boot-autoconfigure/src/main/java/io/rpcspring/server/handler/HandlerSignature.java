package io.rpcspring.server.handler;

import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcContext;

/**
 * A method that handles a gRPC method by its name: does it also fit by its types?
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 * @param bean the bean
 * @param method the method of the bean's class
 * @param rpc the gRPC method
 */
record HandlerSignature<Q, R>(HandlerBean bean, Method method, MethodDescriptor<Q, R> rpc) {

    HandlerMethod<Q, R> bind(HandlerSettings settings) {
        HandlerResult result = result();
        if (result == null || !parametersFit(result)) {
            throw new RpcConfigurationException(
                    "The method " + resolved() + " of " + this.bean + " does not fit " + this.rpc.getFullMethodName()
                            + ", which is " + shape() + ".",
                    "Write: " + shape().handler(this.method.getName()) + " (a trailing RpcContext is allowed).");
        }
        new AsyncHandler(this.method, this.bean.type()).requireAnswer("The handler " + resolved() + " of " + this.bean,
                this.rpc.getType().serverSendsOneMessage() ? shape().response().getSimpleName() : "");
        return new HandlerMethod<>(this.rpc, new HandlerAccess(this.bean, this.method).handle(), result, settings);
    }

    private @Nullable HandlerResult result() {
        ResolvableType type = resolved().result();
        boolean oneResponse = this.rpc.getType().serverSendsOneMessage();
        if (type.resolve() == void.class) {
            return oneResponse ? null : HandlerResult.NOTHING;
        }
        if (oneResponse) {
            return (type.resolve() == shape().response()) ? HandlerResult.MESSAGE
                    : isOf(type, CompletionStage.class, shape().response()) ? HandlerResult.STAGE : null;
        }
        if (this.rpc.getType() != MethodDescriptor.MethodType.SERVER_STREAMING) {
            return null;
        }
        boolean many = isOf(type, Stream.class, shape().response()) || isOf(type, Iterable.class, shape().response());
        return many ? HandlerResult.MANY : null;
    }

    private boolean parametersFit(HandlerResult result) {
        int count = this.method.getParameterCount();
        if (count > 0 && parameter(count - 1).resolve() == RpcContext.class) {
            count--;
        }
        boolean sends = result == HandlerResult.NOTHING;
        if (count != (sends ? 2 : 1) || (sends && !isOf(parameter(1), MessageSender.class, shape().response()))) {
            return false;
        }
        return this.rpc.getType().clientSendsOneMessage() ? parameter(0).resolve() == shape().request()
                : isOf(parameter(0), MessageReceiver.class, shape().request());
    }

    private ResolvableType parameter(int index) {
        return resolved().parameter(index);
    }

    private ResolvedMethod resolved() {
        return new ResolvedMethod(this.method, this.bean.type());
    }

    private RpcShape shape() {
        return new RpcShape(this.rpc);
    }

    private static boolean isOf(ResolvableType type, Class<?> container, Class<?> element) {
        return type.as(container).getGeneric(0).resolve() == element;
    }

}
