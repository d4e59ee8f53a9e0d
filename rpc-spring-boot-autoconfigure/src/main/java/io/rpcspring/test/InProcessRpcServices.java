package io.rpcspring.test;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.grpc.ServiceDescriptor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcService;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.ServerReport;

/**
 * Knows the services of beans: by their classes, before any exists, and by the server,
 * once it runs.
 */
final class InProcessRpcServices {

    private final ConfigurableListableBeanFactory beans;

    private final RpcTestBeans tested;

    /** Whether services are served, of those that are known for good. */
    private final Map<String, Boolean> known = new ConcurrentHashMap<>();

    InProcessRpcServices(ConfigurableListableBeanFactory beans, RpcTestBeans tested) {
        this.beans = beans;
        this.tested = tested;
    }

    /** Whether the application's own server serves a service, or will. */
    boolean include(String service) {
        Boolean known = this.known.get(service);
        return (known != null) ? known : isServed(service);
    }

    private boolean isServed(String service) {
        List<RpcServer> servers = servers();
        boolean served = own().contains(service) || servers.stream().anyMatch((server) -> serves(server, service));
        if (served || servers.stream().anyMatch(RpcServer::isRunning)) {
            this.known.put(service, served);
        }
        return served;
    }

    /** Those that are there: who asks early must not make one. */
    private List<RpcServer> servers() {
        return Stream.of(this.beans.getBeanNamesForType(RpcServer.class, false, false))
            .map(this.beans::getSingleton)
            .filter(RpcServer.class::isInstance)
            .map(RpcServer.class::cast)
            .toList();
    }

    private static boolean serves(RpcServer server, String service) {
        return server.report().services().stream().map(ServerReport.Service::name).anyMatch(service::equals);
    }

    private Set<String> own() {
        Set<String> names = new TreeSet<>();
        this.tested.marked().stream().filter(this.tested::includes).forEach((bean) -> {
            String name = of(bean);
            if (name != null) {
                names.add(name);
            }
        });
        return names;
    }

    /** The full name of a bean's service, if its class tells. */
    @Nullable String of(String beanName) {
        RpcService mark = this.tested.mark(beanName);
        if (mark != null && mark.value() != void.class) {
            return name(mark.value());
        }
        Class<?> type = this.beans.getType(beanName, false);
        Stream<Class<?>> classes = Stream.iterate(type, (each) -> each != null, Class::getSuperclass);
        return classes.map(Class::getDeclaringClass)
            .filter((around) -> around != null && ClassUtils.hasMethod(around, "getServiceDescriptor"))
            .findFirst()
            .map(InProcessRpcServices::name)
            .orElse(null);
    }

    private static @Nullable String name(Class<?> generated) {
        try {
            Object descriptor = generated.getMethod("getServiceDescriptor").invoke(null);
            return (descriptor instanceof ServiceDescriptor service) ? service.getName() : null;
        }
        catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
            // The server will refuse it, with words.
            return null;
        }
    }

}
