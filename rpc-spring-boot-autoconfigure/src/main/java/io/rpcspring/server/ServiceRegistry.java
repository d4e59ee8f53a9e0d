package io.rpcspring.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcService;

/**
 * Finds the beans marked {@link RpcService} and the gRPC service that each serves.
 */
public final class ServiceRegistry {

    private static final Log logger = LogFactory.getLog(ServiceRegistry.class);

    private final ListableBeanFactory beans;

    /**
     * Creates a registry that asks for no bean yet.
     * @param beans where the services are
     */
    public ServiceRegistry(ListableBeanFactory beans) {
        this.beans = beans;
    }

    /**
     * The services to serve, by their gRPC name, in the order of the names.
     * @return empty if no bean is marked
     * @throws RpcConfigurationException if a marked bean is not a service, or two serve
     * the same one
     */
    Collection<ServerServiceDefinition> services() {
        Map<String, ServerServiceDefinition> services = new TreeMap<>();
        Map<String, String> beanNames = new TreeMap<>();
        for (String beanName : markedBeans()) {
            ServerServiceDefinition service = bind(beanName, this.beans.getBean(beanName));
            String name = service.getServiceDescriptor().getName();
            String other = beanNames.putIfAbsent(name, beanName);
            if (other != null) {
                throw new RpcConfigurationException(
                        "The beans " + describe(other) + " and " + describe(beanName) + " both serve the gRPC service '"
                                + name + "'.",
                        "Remove one of the beans, or its @RpcService: a server serves each service once.");
            }
            services.put(name, service);
        }
        return services.values();
    }

    private Collection<String> markedBeans() {
        Collection<String> marked = new TreeSet<>();
        for (String beanName : this.beans.getBeanNamesForAnnotation(RpcService.class)) {
            marked.add(servedName(beanName));
        }
        for (String beanName : this.beans.getBeanNamesForType(BindableService.class)) {
            if (ScopedProxyUtils.isScopedTarget(beanName) || marked.contains(beanName)) {
                continue;
            }
            if (isMarkedBehindProxy(this.beans.getBean(beanName))) {
                marked.add(beanName);
            }
            else {
                logger.info("Not served: the gRPC service bean " + describe(beanName) + " is not marked @RpcService");
            }
        }
        return marked;
    }

    /** A scoped bean is served through its proxy, whoever of the two has the mark. */
    private static String servedName(String beanName) {
        return ScopedProxyUtils.isScopedTarget(beanName) ? ScopedProxyUtils.getOriginalBeanName(beanName) : beanName;
    }

    /**
     * A JDK proxy hides the annotations of its target's class from the bean factory.
     */
    private static boolean isMarkedBehindProxy(Object bean) {
        return AnnotatedElementUtils.hasAnnotation(AopProxyUtils.ultimateTargetClass(bean), RpcService.class);
    }

    private ServerServiceDefinition bind(String beanName, Object bean) {
        if (bean instanceof BindableService service) {
            ServerServiceDefinition proxied = Proxy.isProxyClass(bean.getClass()) ? bindGenerated(bean) : null;
            return (proxied != null) ? proxied : service.bindService();
        }
        throw new RpcConfigurationException(
                "The bean " + describe(beanName) + " is marked @RpcService but is not a gRPC service.",
                "Let its class extend the generated base class of its service (such as PlacesGrpc.PlacesImplBase)"
                        + " or implement io.grpc.BindableService; or remove @RpcService.");
    }

    /**
     * Binds the interface that a JDK proxy has of a generated service. The proxy's own
     * {@code bindService()} would bind the target and bypass the advice.
     */
    private static @Nullable ServerServiceDefinition bindGenerated(Object proxy) {
        for (Class<?> type : proxy.getClass().getInterfaces()) {
            Method bind = bindMethod(type);
            if (bind != null) {
                return invoke(bind, proxy);
            }
        }
        return null;
    }

    private static @Nullable Method bindMethod(Class<?> serviceType) {
        Class<?> generated = serviceType.getDeclaringClass();
        if (generated == null) {
            return null;
        }
        for (Method method : generated.getMethods()) {
            if (Modifier.isStatic(method.getModifiers()) && method.getReturnType() == ServerServiceDefinition.class
                    && List.of(method.getParameterTypes()).equals(List.of(serviceType))) {
                return method;
            }
        }
        return null;
    }

    private static ServerServiceDefinition invoke(Method bind, Object service) {
        try {
            return (ServerServiceDefinition) bind.invoke(null, service);
        }
        catch (IllegalAccessException | InvocationTargetException ex) {
            throw new IllegalStateException("Cannot bind " + service.getClass() + " with " + bind, ex);
        }
    }

    private String describe(String beanName) {
        List<String> parts = new ArrayList<>(List.of("'" + beanName + "'"));
        Class<?> type = this.beans.getType(beanName);
        if (type != null && !Proxy.isProxyClass(type)) {
            parts.add("(" + ClassUtils.getUserClass(type).getName() + ")");
        }
        return String.join(" ", parts);
    }

}
