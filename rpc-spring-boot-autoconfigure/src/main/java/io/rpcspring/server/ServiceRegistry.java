package io.rpcspring.server;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcService;
import io.rpcspring.server.handler.HandlerSettings;

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
        ServiceBinding binding = new ServiceBinding(this.marked, found, settings);
        for (String beanName : this.marked.names()) {
            ServedService service = binding.of(beanName, this.beans.getBean(beanName));
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
