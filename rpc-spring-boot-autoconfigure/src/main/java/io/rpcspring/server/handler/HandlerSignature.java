package io.rpcspring.server.handler;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.ReflectableMarshaller;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.ResolvableType;
import org.springframework.util.ReflectionUtils;

import io.rpcspring.MessageReceiver;
import io.rpcspring.MessageSender;
import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcContext;

/**
 * A method that handles a gRPC method by its name: does it also fit by its types?
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 * @param beanName the bean's name
 * @param bean the bean or its proxy
 * @param method the method of the bean's class
 * @param rpc the gRPC method
 */
record HandlerSignature<Q, R>(String beanName, Object bean, Method method, MethodDescriptor<Q, R> rpc) {

    HandlerMethod<Q, R> bind(HandlerSettings settings) {
        HandlerResult result = result();
        if (result == null || !parametersFit(result)) {
            throw misfit();
        }
        new AsyncHandler(this.method, type()).requireAnswer("The handler " + resolved() + " of " + where(),
                this.rpc.getType().serverSendsOneMessage() ? responseType().getSimpleName() : "");
        return new HandlerMethod<>(this.rpc, handle(), result, settings);
    }

    private @Nullable HandlerResult result() {
        ResolvableType type = resolved().result();
        boolean oneResponse = this.rpc.getType().serverSendsOneMessage();
        if (type.resolve() == void.class) {
            return oneResponse ? null : HandlerResult.NOTHING;
        }
        if (oneResponse) {
            return (type.resolve() == responseType()) ? HandlerResult.MESSAGE
                    : isOf(type, CompletionStage.class, responseType()) ? HandlerResult.STAGE : null;
        }
        if (this.rpc.getType() != MethodDescriptor.MethodType.SERVER_STREAMING) {
            return null;
        }
        boolean many = isOf(type, Stream.class, responseType()) || isOf(type, Iterable.class, responseType());
        return many ? HandlerResult.MANY : null;
    }

    private boolean parametersFit(HandlerResult result) {
        int count = this.method.getParameterCount();
        if (count > 0 && parameter(count - 1).resolve() == RpcContext.class) {
            count--;
        }
        boolean sends = result == HandlerResult.NOTHING;
        if (count != (sends ? 2 : 1) || (sends && !isOf(parameter(1), MessageSender.class, responseType()))) {
            return false;
        }
        return this.rpc.getType().clientSendsOneMessage() ? parameter(0).resolve() == requestType(this.rpc)
                : isOf(parameter(0), MessageReceiver.class, requestType(this.rpc));
    }

    private ResolvableType parameter(int index) {
        return resolved().parameter(index);
    }

    private ResolvedMethod resolved() {
        return new ResolvedMethod(this.method, type());
    }

    private String where() {
        return "the bean '" + this.beanName + "' (" + type().getName() + ")";
    }

    private Class<?> type() {
        return AopProxyUtils.ultimateTargetClass(this.bean);
    }

    private static boolean isOf(ResolvableType type, Class<?> container, Class<?> element) {
        return type.as(container).getGeneric(0).resolve() == element;
    }

    /** Brings the parameters into one order, so that every handler is called alike. */
    private MethodHandle handle() {
        Method invocable = invocable();
        ReflectionUtils.makeAccessible(invocable);
        try {
            MethodHandle bound = MethodHandles.lookup().unreflect(invocable).bindTo(this.bean);
            Class<?>[] own = bound.type().parameterArray();
            int[] order = Arrays.stream(own).mapToInt(HandlerSignature::position).toArray();
            MethodType common = MethodType.methodType(bound.type().returnType(), own[0], MessageSender.class,
                    RpcContext.class);
            return MethodHandles.permuteArguments(bound, common, order)
                .asType(MethodType.methodType(Object.class, Object.class, MessageSender.class, RpcContext.class));
        }
        catch (IllegalAccessException ex) {
            throw new IllegalStateException("Accessible, but not accessible: " + invocable, ex);
        }
    }

    private Method invocable() {
        new ClassProxy(this.beanName, this.bean).requireOverridable(this.method, "The handler " + resolved());
        try {
            return AopUtils.selectInvocableMethod(this.method, this.bean.getClass());
        }
        catch (IllegalStateException ex) {
            throw new RpcConfigurationException(
                    "The handler " + resolved() + " of " + where()
                            + " is hidden by its proxy, which has only the methods of its interfaces.",
                    "Add the method to an interface of the class, or let Spring proxy the class"
                            + " (spring.aop.proxy-target-class=true).",
                    ex);
        }
    }

    private static int position(Class<?> parameter) {
        return (parameter == RpcContext.class) ? 2 : (parameter == MessageSender.class) ? 1 : 0;
    }

    private RpcConfigurationException misfit() {
        String kind = switch (this.rpc.getType()) {
            case UNARY -> "unary";
            case SERVER_STREAMING -> "server streaming";
            case CLIENT_STREAMING -> "client streaming";
            case BIDI_STREAMING -> "bidirectional streaming";
            case UNKNOWN -> "of no known kind";
        };
        return new RpcConfigurationException(
                "The method " + resolved() + " of " + where() + " does not fit " + this.rpc.getFullMethodName()
                        + ", which is " + kind + " from " + requestType(this.rpc).getSimpleName() + " to "
                        + responseType().getSimpleName() + ".",
                "Write: " + expected() + " (a trailing RpcContext is allowed).");
    }

    private String expected() {
        String request = requestType(this.rpc).getSimpleName();
        String response = responseType().getSimpleName();
        String name = this.method.getName();
        return switch (this.rpc.getType()) {
            case SERVER_STREAMING -> "void " + name + "(" + request + " request, MessageSender<" + response + "> out)";
            case CLIENT_STREAMING -> response + " " + name + "(MessageReceiver<" + request + "> in)";
            case BIDI_STREAMING ->
                "void " + name + "(MessageReceiver<" + request + "> in, MessageSender<" + response + "> out)";
            default -> response + " " + name + "(" + request + " request)";
        };
    }

    private Class<?> responseType() {
        return ((ReflectableMarshaller<R>) this.rpc.getResponseMarshaller()).getMessageClass();
    }

    static Class<?> requestType(MethodDescriptor<?, ?> rpc) {
        return ((ReflectableMarshaller<?>) rpc.getRequestMarshaller()).getMessageClass();
    }

}
