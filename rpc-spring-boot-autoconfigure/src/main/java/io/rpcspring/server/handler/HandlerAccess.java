package io.rpcspring.server.handler;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ReflectionUtils;

import io.rpcspring.MessageSender;
import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcContext;

/**
 * Calls a handler in the one way in which all are called, also through a proxy.
 *
 * @param bean the bean
 * @param method the method of the bean's class
 */
record HandlerAccess(HandlerBean bean, Method method) {

    /** Brings the parameters into one order, so that every handler is called alike. */
    MethodHandle handle() {
        Method invocable = invocable();
        ReflectionUtils.makeAccessible(invocable);
        try {
            MethodHandle bound = MethodHandles.lookup().unreflect(invocable).bindTo(this.bean.bean());
            Class<?>[] own = bound.type().parameterArray();
            int[] order = Arrays.stream(own).mapToInt(HandlerAccess::position).toArray();
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
        ResolvedMethod resolved = new ResolvedMethod(this.method, this.bean.type());
        new ClassProxy(this.bean.name(), this.bean.bean()).requireOverridable(this.method, "The handler " + resolved);
        try {
            return AopUtils.selectInvocableMethod(this.method, this.bean.bean().getClass());
        }
        catch (IllegalStateException ex) {
            throw new RpcConfigurationException(
                    "The handler " + resolved + " of " + this.bean
                            + " is hidden by its proxy, which has only the methods of its interfaces.",
                    "Add the method to an interface of the class, or let Spring proxy the class"
                            + " (spring.aop.proxy-target-class=true).",
                    ex);
        }
    }

    private static int position(Class<?> parameter) {
        return (parameter == RpcContext.class) ? 2 : (parameter == MessageSender.class) ? 1 : 0;
    }

}
