package io.rpcspring.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.util.ClassUtils;

/**
 * Binds a service whose methods take a {@code StreamObserver}, and gives it safe ones.
 * <p>
 * The generator makes an interface of the service's methods. A proxy of it stands between
 * grpc-java and the bean and wraps the observers on their way in. Advice applies, because
 * the bean's own proxy is called. A service that writes its {@code bindService()} itself
 * keeps grpc-java's observers, unless it is behind a JDK proxy.
 *
 * @param bean the bean or its proxy
 * @param bind the generated static method that binds the interface of the methods
 */
record StreamObserverService(BindableService bean, Method bind) {

    static ServerServiceDefinition bind(BindableService bean) {
        return Arrays.stream(ClassUtils.getAllInterfaces(bean))
            .map(StreamObserverService::bindMethod)
            .flatMap(Optional::stream)
            .filter((bind) -> Proxy.isProxyClass(bean.getClass()) || isBoundBy(bind, bean))
            .findFirst()
            .map((bind) -> new StreamObserverService(bean, bind).definition())
            .orElseGet(bean::bindService);
    }

    private static Optional<Method> bindMethod(Class<?> methods) {
        return Stream.ofNullable(methods.getDeclaringClass())
            .flatMap((generated) -> Arrays.stream(generated.getMethods()))
            .filter((method) -> Modifier.isStatic(method.getModifiers())
                    && method.getReturnType() == ServerServiceDefinition.class
                    && Arrays.equals(method.getParameterTypes(), new Class<?>[] { methods }))
            .findFirst();
    }

    /**
     * Whether the bean's {@code bindService()} is the one of the generated base class.
     */
    private static boolean isBoundBy(Method bind, BindableService bean) {
        Method own = ClassUtils.getMethod(AopProxyUtils.ultimateTargetClass(bean), "bindService");
        return bind.getDeclaringClass() == own.getDeclaringClass().getDeclaringClass();
    }

    private ServerServiceDefinition definition() {
        Class<?> methods = this.bind.getParameterTypes()[0];
        Object safe = Proxy.newProxyInstance(methods.getClassLoader(), new Class<?>[] { methods },
                (proxy, method, arguments) -> call(method, arguments));
        try {
            return (ServerServiceDefinition) Objects.requireNonNull(this.bind.invoke(null, safe));
        }
        catch (IllegalAccessException | InvocationTargetException ex) {
            throw new IllegalStateException("Cannot bind " + this.bean.getClass() + " with " + this.bind, ex);
        }
    }

    private @Nullable Object call(Method method, @Nullable Object[] arguments) throws Throwable {
        // The last parameter of every method of the interface takes the responses.
        int last = (arguments != null) ? arguments.length - 1 : 0;
        if (arguments != null && arguments[last] instanceof ServerCallStreamObserver<?> observer) {
            arguments[last] = new SafeObserver<>(observer, () -> written(method));
        }
        try {
            return method.invoke(this.bean, arguments);
        }
        catch (InvocationTargetException ex) {
            throw ex.getTargetException();
        }
    }

    private String written(Method method) {
        return AopProxyUtils.ultimateTargetClass(this.bean).getName() + "." + method.getName();
    }

}
