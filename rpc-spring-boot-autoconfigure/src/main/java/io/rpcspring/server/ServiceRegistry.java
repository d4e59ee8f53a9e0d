package io.rpcspring.server;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
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
import io.rpcspring.server.advice.Advices;
import io.rpcspring.server.handler.HandlerBinder;
import io.rpcspring.server.handler.HandlerSettings;
import io.rpcspring.server.observer.ObserverService;

/**
 * Finds the beans marked {@link RpcService} and the gRPC service that each serves.
 */
public final class ServiceRegistry {

    private static final Log logger = LogFactory.getLog(ServiceRegistry.class);

    private final ListableBeanFactory beans;

    private final Supplier<List<ScopedInterceptor>> interceptors;

    /**
     * Creates a registry that asks for no bean yet.
     * @param beans where the services are
     * @param interceptors those marked {@code @RpcInterceptor}, in order
     */
    public ServiceRegistry(ListableBeanFactory beans, Supplier<List<ScopedInterceptor>> interceptors) {
        this.beans = beans;
        this.interceptors = interceptors;
    }

    /**
     * The services to serve, by their gRPC name, in the order of the names.
     * @param settings what all handlers share
     * @return empty if no bean is marked
     * @throws RpcConfigurationException if a marked bean is not a service, two serve the
     * same one, or an interceptor is not what it should be
     */
    Collection<ServedService> services(HandlerSettings settings) {
        Map<String, ServedService> services = new TreeMap<>();
        ServiceInterceptors found = new ServiceInterceptors(this.interceptors.get(), this.beans);
        for (String beanName : markedBeans()) {
            ServedService service = bind(beanName, this.beans.getBean(beanName), settings, found);
            String name = service.name();
            ServedService other = services.putIfAbsent(name, service);
            if (other != null) {
                throw new RpcConfigurationException(
                        "The beans " + describe(other.beanName()) + " and " + describe(beanName)
                                + " both serve the gRPC service '" + name + "'.",
                        "Remove one of the beans, or its @RpcService: a server serves each service once.");
            }
        }
        if (!services.isEmpty()) {
            found.requireServices(services.keySet());
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
            if (mark(beanName, this.beans.getBean(beanName)) != null) {
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

    /** A proxy hides the annotations of its target from the bean factory. */
    private @Nullable RpcService mark(String beanName, Object bean) {
        String target = ScopedProxyUtils.getTargetBeanName(beanName);
        RpcService mark = this.beans.findAnnotationOnBean(this.beans.containsBean(target) ? target : beanName,
                RpcService.class);
        return (mark != null) ? mark
                : AnnotatedElementUtils.findMergedAnnotation(AopProxyUtils.ultimateTargetClass(bean), RpcService.class);
    }

    private ServedService bind(String beanName, Object bean, HandlerSettings settings, ServiceInterceptors found) {
        RpcService mark = Objects.requireNonNull(mark(beanName, bean));
        Advices.requireNone(beanName, AopProxyUtils.ultimateTargetClass(bean));
        if (bean instanceof BindableService service) {
            Optional<ServerServiceDefinition> bound = ObserverService.bind(service, settings.failures());
            ServerServiceDefinition definition = bound.orElseGet(service::bindService);
            return new ServedService(beanName, definition, interceptors(definition, beanName, mark, found),
                    bound.isPresent(), false, mark.pool());
        }
        ServerServiceDefinition bound = new HandlerBinder(settings).bind(beanName, bean,
                generatedClass(beanName, mark));
        return new ServedService(beanName, bound, interceptors(bound, beanName, mark, found), true, true, mark.pool());
    }

    private static List<ServerInterceptor> interceptors(ServerServiceDefinition service, String beanName,
            RpcService mark, ServiceInterceptors found) {
        return found.of(service.getServiceDescriptor().getName(), beanName, mark);
    }

    private Class<?> generatedClass(String beanName, RpcService mark) {
        if (mark.value() == void.class) {
            throw new RpcConfigurationException(
                    "The bean " + describe(beanName) + " is marked @RpcService but is not a gRPC service.",
                    "Name the generated class of its service to bind its methods, as in @RpcService(PlacesGrpc.class);"
                            + " or let its class extend the generated base class (such as PlacesGrpc.PlacesImplBase)"
                            + " or implement io.grpc.BindableService; or remove @RpcService.");
        }
        return mark.value();
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
