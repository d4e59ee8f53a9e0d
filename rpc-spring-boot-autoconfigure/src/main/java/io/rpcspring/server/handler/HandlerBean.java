package io.rpcspring.server.handler;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.util.ReflectionUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.words.Names;

/**
 * A bean, and the handlers that it has for a service.
 *
 * @param name the bean's name
 * @param bean the bean or its proxy
 */
record HandlerBean(String name, Object bean) {

    /** The class in which handlers are written. */
    Class<?> type() {
        return AopProxyUtils.ultimateTargetClass(this.bean);
    }

    /**
     * Finds the handlers of a service.
     * @param service the full name of the service
     * @param rpcs its methods, by their names in Java
     * @return by the same names
     * @throws RpcConfigurationException if it is not clear what a method handles
     */
    Map<String, Method> handlers(String service, Map<String, MethodDescriptor<?, ?>> rpcs) {
        Map<String, Method> handlers = new LinkedHashMap<>();
        Set<Class<?>> requests = rpcs.values()
            .stream()
            .map((rpc) -> new RpcShape(rpc).request())
            .collect(Collectors.toSet());
        Class<?> type = type();
        for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type, HandlerBean::isCandidate)) {
            ResolvedMethod resolved = new ResolvedMethod(method, type);
            if (rpcs.containsKey(method.getName())) {
                Method other = handlers.putIfAbsent(method.getName(), method);
                // A generic method and what overrides it are two methods, and one
                // handler.
                if (other != null && !resolved.takesTheSameAs(other)) {
                    throw overloaded(method, rpcs.get(method.getName()));
                }
            }
            else if (resolved.looksLikeHandler(requests)) {
                throw new RpcConfigurationException(
                        "The method " + resolved + " of " + this + " looks like a handler, but " + service
                                + " has no such method. Its methods: "
                                + Names.nearestFirst(method.getName(), rpcs.keySet()) + ".",
                        "Name the handler after its gRPC method, or make it private if it is none.");
            }
        }
        return handlers;
    }

    private static boolean isCandidate(Method method) {
        return !Modifier.isStatic(method.getModifiers()) && !Modifier.isPrivate(method.getModifiers())
                && !method.isSynthetic() && !ReflectionUtils.isObjectMethod(method);
    }

    private RpcConfigurationException overloaded(Method method, @Nullable MethodDescriptor<?, ?> rpc) {
        return new RpcConfigurationException(
                "The bean '" + this.name + "' (" + method.getDeclaringClass().getName() + ") has more than one method '"
                        + method.getName() + "', so it is not clear which one handles "
                        + ((rpc != null) ? rpc.getFullMethodName() : "it") + ".",
                "Rename the others, or make them private.");
    }

    /** The bean as messages name it. */
    @Override
    public String toString() {
        return "the bean '" + this.name + "' (" + type().getName() + ")";
    }

}
