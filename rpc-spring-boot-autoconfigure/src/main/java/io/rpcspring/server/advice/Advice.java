package io.rpcspring.server.advice;

import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcExceptionHandler;
import io.rpcspring.server.error.CallEnd;
import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.error.Causes;

/**
 * An advice bean, asked about exceptions of its services.
 *
 * @param beanName the bean's name
 * @param order the lowest is asked first
 * @param services the full names of its services; empty for all
 * @param methods its methods by the types of exceptions that they are for
 */
record Advice(String beanName, int order, Set<String> services,
        Map<Class<? extends Throwable>, AdviceMethod> methods) implements CallFailures.Mapping {

    /**
     * Reads the methods of a bean.
     * @throws RpcConfigurationException if one cannot be called, or it has none
     */
    static Advice of(String beanName, Object bean, int order, Set<String> services) {
        Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
        Map<Class<? extends Throwable>, AdviceMethod> methods = new HashMap<>();
        for (Method marked : markedMethods(type)) {
            AdviceMethod method = new AdviceSignature(beanName, bean, marked).bind();
            for (Class<? extends Throwable> thrown : method.types()) {
                AdviceMethod other = methods.putIfAbsent(thrown, method);
                if (other != null) {
                    throw new RpcConfigurationException(
                            "The advice bean '" + beanName + "' (" + type.getName() + ") has two methods for "
                                    + thrown.getName() + ": '" + other.name() + "' and '" + method.name() + "'.",
                            "Remove one of them, or name other types in its @RpcExceptionHandler.");
                }
            }
        }
        if (methods.isEmpty()) {
            throw new RpcConfigurationException(
                    "The advice bean '" + beanName + "' (" + type.getName()
                            + ") has no method marked @RpcExceptionHandler.",
                    "Mark the methods that map exceptions, or remove @RpcAdvice.");
        }
        return new Advice(beanName, order, services, Map.copyOf(methods));
    }

    /** Sorted, so that a message about two of them is the same each time. */
    static List<Method> markedMethods(Class<?> type) {
        return MethodIntrospector
            .selectMethods(type,
                    (Method method) -> AnnotatedElementUtils.hasAnnotation(method, RpcExceptionHandler.class))
            .stream()
            .sorted(Comparator.comparing(Method::toString))
            .toList();
    }

    @Override
    public @Nullable CallEnd map(Throwable thrown, RpcContext call) throws Throwable {
        if (!this.services.isEmpty()
                && !this.services.contains(MethodDescriptor.extractFullServiceName(call.method()))) {
            return null;
        }
        for (Throwable cause : Causes.of(thrown)) {
            AdviceMethod method = nearest(cause.getClass());
            if (method != null) {
                return method.answer(cause, call);
            }
        }
        return null;
    }

    private @Nullable AdviceMethod nearest(Class<?> thrown) {
        for (Class<?> type = thrown; type != null; type = type.getSuperclass()) {
            AdviceMethod method = this.methods.get(type);
            if (method != null) {
                return method;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return "The advice bean '" + this.beanName + "'";
    }

}
