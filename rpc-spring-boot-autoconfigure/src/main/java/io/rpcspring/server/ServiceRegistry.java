package io.rpcspring.server;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcService;
import io.rpcspring.server.advice.Advices;
import io.rpcspring.server.handler.ClassProxy;
import io.rpcspring.server.handler.HandlerBinder;
import io.rpcspring.server.handler.HandlerSettings;
import io.rpcspring.server.observer.ObserverService;

/**
 * Finds the beans marked {@link RpcService} and the gRPC service that each serves.
 */
public final class ServiceRegistry {

    private final ListableBeanFactory beans;

    private final MarkedServices marked;

    private final Supplier<List<ScopedInterceptor>> interceptors;

    private final Selection selection;

    /**
     * Creates a registry that asks for no bean yet.
     * @param beans where the services are
     * @param interceptors those marked {@code @RpcInterceptor}, in order
     * @param selection which beans it finds
     */
    public ServiceRegistry(ListableBeanFactory beans, Supplier<List<ScopedInterceptor>> interceptors,
            Selection selection) {
        this.beans = beans;
        this.marked = new MarkedServices(beans, selection);
        this.interceptors = interceptors;
        this.selection = selection;
    }

    Selection selection() {
        return this.selection;
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
        for (String beanName : this.marked.names()) {
            ServedService service = bind(beanName, this.beans.getBean(beanName), settings, found);
            String name = service.name();
            ServedService other = services.putIfAbsent(name, service);
            if (other != null) {
                throw new ServedTwice(this.marked, other.beanName(), beanName).of(name);
            }
        }
        if (!services.isEmpty()) {
            this.selection.check(() -> found.requireServices(services.keySet()));
        }
        return services.values();
    }

    private ServedService bind(String beanName, Object bean, HandlerSettings settings, ServiceInterceptors found) {
        RpcService mark = Objects.requireNonNull(this.marked.mark(beanName, bean));
        Advices.requireNone(beanName, AopProxyUtils.ultimateTargetClass(bean));
        if (bean instanceof BindableService service) {
            Optional<ServerServiceDefinition> bound = ObserverService.bind(beanName, service, settings.failures());
            ServerServiceDefinition definition = bound.orElseGet(() -> ownDefinition(beanName, service));
            return new ServedService(beanName, definition, interceptors(definition, beanName, mark, found),
                    bound.isPresent(), false, mark.pool());
        }
        ServerServiceDefinition bound = new HandlerBinder(settings).bind(beanName, bean,
                generatedClass(beanName, mark));
        return new ServedService(beanName, bound, interceptors(bound, beanName, mark, found), true, true, mark.pool());
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

    private static List<ServerInterceptor> interceptors(ServerServiceDefinition service, String beanName,
            RpcService mark, ServiceInterceptors found) {
        return found.of(service.getServiceDescriptor().getName(), beanName, mark);
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

    /**
     * Says which marked beans are served, where not all are: in tests.
     */
    public interface Selection {

        /** All are served. */
        Selection ALL = new Selection() {
        };

        /**
         * Whether a bean is served.
         * @param beanName the bean's name
         * @return true if it is, if it is marked
         */
        default boolean includes(String beanName) {
            return true;
        }

        /**
         * The mark of a bean that does not show it, because another stands in its place.
         * @param beanName the bean's name
         * @return null if it is not known to have one
         */
        default @Nullable RpcService mark(String beanName) {
            return null;
        }

        /**
         * The beans that have a mark and may not show it.
         * @return their names
         */
        default Set<String> marked() {
            return Set.of();
        }

        /**
         * Finds out whether all is there that the configuration speaks of, such as the
         * services that it names.
         * @param check throws an {@link RpcConfigurationException} if something is not
         */
        default void check(Runnable check) {
            check.run();
        }

    }

}
