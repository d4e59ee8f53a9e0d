package io.rpcspring.server.advice;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcExceptionHandler;

/**
 * Checks what a method of an advice takes and returns.
 *
 * @param beanName the bean's name
 * @param bean the bean or its proxy
 * @param method as its class has it
 */
record AdviceSignature(String beanName, Object bean, Method method) {

    private static final int NONE = -1;

    /**
     * Makes the method callable.
     * @throws RpcConfigurationException if it is not what it should be
     */
    AdviceMethod bind() {
        if (AdviceMethod.RESULTS.stream().noneMatch((type) -> type.isAssignableFrom(this.method.getReturnType()))) {
            throw refusal("returns " + this.method.getReturnType().getName() + ", which is no status",
                    "Return io.grpc.Status, io.grpc.StatusException, io.rpcspring.RpcError or com.google.rpc.Status.");
        }
        if (AopUtils.isCglibProxy(this.bean) && Modifier.isFinal(this.method.getModifiers())) {
            throw hidden(null);
        }
        return new AdviceMethod(this.method.getName(), types(thrownParameter()), handle(thrownParameter()));
    }

    /** Where the exception stands, if it is taken; nothing else is but the context. */
    private int thrownParameter() {
        int thrown = NONE;
        int context = NONE;
        for (int i = 0; i < this.method.getParameterCount(); i++) {
            Class<?> type = this.method.getParameterTypes()[i];
            if (Throwable.class.isAssignableFrom(type) && thrown == NONE) {
                thrown = i;
            }
            else if (type == RpcContext.class && context == NONE) {
                context = i;
            }
            else {
                throw refusal("takes " + type.getName() + ", which nobody can give",
                        "Take the exception and io.rpcspring.RpcContext, in any order, and each at most once.");
            }
        }
        return thrown;
    }

    private List<Class<? extends Throwable>> types(int thrown) {
        RpcExceptionHandler mark = Objects
            .requireNonNull(AnnotatedElementUtils.findMergedAnnotation(this.method, RpcExceptionHandler.class));
        Class<? extends Throwable> taken = (thrown != NONE)
                ? this.method.getParameterTypes()[thrown].asSubclass(Throwable.class) : Throwable.class;
        for (Class<? extends Throwable> type : mark.value()) {
            if (!taken.isAssignableFrom(type)) {
                throw refusal("is for " + type.getName() + ", but takes " + taken.getName(),
                        "Let it take a type that all of its exceptions are, such as Exception.");
            }
        }
        if (mark.value().length == 0 && thrown == NONE) {
            throw refusal("names no exception", "Let it take the exception, or name the types, as in"
                    + " @RpcExceptionHandler(IllegalArgumentException.class).");
        }
        return (mark.value().length > 0) ? List.of(mark.value()) : List.of(taken);
    }

    private MethodHandle handle(int thrown) {
        try {
            Method callable = AopUtils.selectInvocableMethod(this.method, this.bean.getClass());
            callable.setAccessible(true);
            MethodHandle handle = MethodHandles.lookup().unreflect(callable);
            boolean ownedByClass = Modifier.isStatic(callable.getModifiers());
            MethodHandle bound = ownedByClass ? handle : handle.bindTo(this.bean);
            MethodType given = MethodType.methodType(Object.class, Throwable.class, RpcContext.class);
            int[] order = IntStream.range(0, callable.getParameterCount()).map((i) -> (i == thrown) ? 0 : 1).toArray();
            Class<?>[] taken = IntStream.of(order).mapToObj(given::parameterType).toArray(Class<?>[]::new);
            return MethodHandles.permuteArguments(bound.asType(MethodType.methodType(Object.class, taken)), given,
                    order);
        }
        catch (IllegalStateException | IllegalAccessException ex) {
            throw hidden(ex);
        }
    }

    private RpcConfigurationException hidden(@Nullable Exception cause) {
        return refusal("cannot be called through the bean's proxy",
                "Make it neither private nor final; behind a proxy of interfaces, declare it in one of them.", cause);
    }

    private RpcConfigurationException refusal(String what, String cure, @Nullable Exception cause) {
        return new RpcConfigurationException("The method '" + this.method.getName() + "' of the advice bean '"
                + this.beanName + "' (" + this.method.getDeclaringClass().getName() + ") " + what + ".", cure, cause);
    }

    private RpcConfigurationException refusal(String what, String cure) {
        return refusal(what, cure, null);
    }

}
