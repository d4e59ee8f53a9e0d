package io.rpcspring.server.observer;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.StreamObserver;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.util.ClassUtils;

import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.handler.ClassProxy;
import io.rpcspring.server.handler.GeneratedNames;

/**
 * Binds a service whose methods take a {@code StreamObserver}.
 * <p>
 * The generator makes an interface of the service's methods, and they are called by it:
 * advice applies, because the bean may be a proxy. A service that writes its
 * {@code bindService()} itself keeps grpc-java's observers, unless it is behind a JDK
 * proxy.
 *
 * @param beanName the bean's name
 * @param bean the bean or its proxy
 * @param methods the interface
 * @param failures maps what the methods throw
 */
public record ObserverService(String beanName, BindableService bean, Class<?> methods, CallFailures failures) {

    /**
     * Binds a service.
     * @param beanName the bean's name
     * @param bean the bean or its proxy
     * @param failures maps what its methods throw
     * @return empty if its definition is its own affair
     * @throws io.rpcspring.RpcConfigurationException if a call would not reach the bean
     */
    public static Optional<ServerServiceDefinition> bind(String beanName, BindableService bean, CallFailures failures) {
        return Arrays.stream(ClassUtils.getAllInterfaces(bean))
            .filter((methods) -> binds(methods, bean))
            .findFirst()
            .map((methods) -> new ObserverService(beanName, bean, methods, failures).definition());
    }

    private static boolean binds(Class<?> methods, BindableService bean) {
        Class<?> generated = methods.getDeclaringClass();
        boolean isOfService = generated != null && Arrays.stream(generated.getMethods())
            .anyMatch((method) -> Modifier.isStatic(method.getModifiers())
                    && method.getReturnType() == ServerServiceDefinition.class
                    && Arrays.equals(method.getParameterTypes(), new Class<?>[] { methods }));
        return isOfService && (Proxy.isProxyClass(bean.getClass()) || isGenerated(bean, generated));
    }

    /** Whether the bean's {@code bindService()} is that of the generated base class. */
    private static boolean isGenerated(BindableService bean, Class<?> generated) {
        Method own = ClassUtils.getMethod(AopProxyUtils.ultimateTargetClass(bean), "bindService");
        return own.getDeclaringClass().getDeclaringClass() == generated;
    }

    private ServerServiceDefinition definition() {
        ServiceDescriptor service = descriptor();
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service);
        for (MethodDescriptor<?, ?> rpc : service.getMethods()) {
            add(definition, rpc);
        }
        return definition.build();
    }

    private ServiceDescriptor descriptor() {
        try {
            Method descriptor = this.methods.getDeclaringClass().getMethod("getServiceDescriptor");
            return (ServiceDescriptor) Objects.requireNonNull(descriptor.invoke(null));
        }
        catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
            throw new IllegalStateException("Cannot bind " + this.bean.getClass(), ex);
        }
    }

    private <Q, R> void add(ServerServiceDefinition.Builder definition, MethodDescriptor<Q, R> rpc) {
        Method method = method(rpc);
        Class<?> type = AopProxyUtils.ultimateTargetClass(this.bean);
        new ClassProxy(this.beanName, this.bean).requireOverridable(ClassUtils.getMostSpecificMethod(method, type),
                "The method '" + method.getName() + "'");
        String name = type.getName() + "." + method.getName();
        definition.addMethod(rpc, new ObserverMethod<>(rpc, handle(method), name, this.failures));
    }

    private Method method(MethodDescriptor<?, ?> rpc) {
        String name = GeneratedNames.of(rpc);
        List<Method> found = Stream.of(this.methods.getMethods())
            .filter((method) -> method.getName().equals(name))
            .toList();
        if (found.size() != 1) {
            throw new IllegalStateException("Cannot find the method of " + rpc.getFullMethodName() + " in "
                    + this.methods.getName() + ": " + found);
        }
        return found.get(0);
    }

    private MethodHandle handle(Method method) {
        try {
            method.setAccessible(true);
            boolean one = method.getParameterCount() == 2;
            return MethodHandles.lookup()
                .unreflect(method)
                .bindTo(this.bean)
                .asType(one ? MethodType.methodType(void.class, Object.class, StreamObserver.class)
                        : MethodType.methodType(Object.class, StreamObserver.class));
        }
        catch (IllegalAccessException ex) {
            throw new IllegalStateException("Cannot call " + method, ex);
        }
    }

}
