package io.rpcspring.server;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcService;
import io.rpcspring.server.advice.Advices;
import io.rpcspring.server.handler.ClassProxy;
import io.rpcspring.server.handler.HandlerBinder;
import io.rpcspring.server.handler.HandlerSettings;
import io.rpcspring.server.observer.ObserverService;

/**
 * Makes the gRPC service of a marked bean.
 *
 * @param marked knows the marks
 * @param interceptors those of each service
 * @param settings what all handlers share
 */
record ServiceBinding(MarkedServices marked, ServiceInterceptors interceptors, HandlerSettings settings) {

    ServedService of(String beanName, Object bean) {
        RpcService mark = Objects.requireNonNull(this.marked.mark(beanName, bean));
        Advices.requireNone(beanName, AopProxyUtils.ultimateTargetClass(bean));
        if (bean instanceof BindableService service) {
            Optional<ServerServiceDefinition> bound = ObserverService.bind(beanName, service, this.settings.failures());
            ServerServiceDefinition definition = bound.orElseGet(() -> ownDefinition(beanName, service));
            return new ServedService(beanName, definition, interceptors(definition, beanName, mark), bound.isPresent(),
                    false, mark.pool());
        }
        ServerServiceDefinition bound = new HandlerBinder(this.settings).bind(beanName, bean,
                generatedClass(beanName, mark));
        return new ServedService(beanName, bound, interceptors(bound, beanName, mark), true, true, mark.pool());
    }

    private static ServerServiceDefinition ownDefinition(String beanName, BindableService service) {
        Method method = ClassUtils.getMethod(AopProxyUtils.ultimateTargetClass(service), "bindService");
        if (!isOfGrpc(method)) {
            new ClassProxy(beanName, service).requireOverridable(method, "The method 'bindService'");
        }
        return service.bindService();
    }

    /** That of grpc-java's generator, also before it made interfaces, uses no field. */
    private static boolean isOfGrpc(Method bindService) {
        Class<?> generated = bindService.getDeclaringClass().getDeclaringClass();
        return generated != null && ClassUtils.hasMethod(generated, "getServiceDescriptor");
    }

    private List<ServerInterceptor> interceptors(ServerServiceDefinition service, String beanName, RpcService mark) {
        return this.interceptors.of(service.getServiceDescriptor().getName(), beanName, mark);
    }

    private Class<?> generatedClass(String beanName, RpcService mark) {
        if (mark.value() == void.class) {
            throw new RpcConfigurationException(
                    "The bean " + this.marked.describe(beanName) + " is marked @RpcService but is not a gRPC service.",
                    "Name the generated class of its service to bind its methods, as in @RpcService(PlacesGrpc.class);"
                            + " or let its class extend the generated base class (such as PlacesGrpc.PlacesImplBase)"
                            + " or implement io.grpc.BindableService; or remove @RpcService.");
        }
        return mark.value();
    }

}
