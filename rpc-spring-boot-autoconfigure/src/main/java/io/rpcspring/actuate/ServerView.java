package io.rpcspring.actuate;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.RpcServer;
import io.rpcspring.server.ServerReport;
import io.rpcspring.server.call.CallReport;
import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.server.pool.PoolStatistics;

/**
 * Shows the server, and changes what may be changed while it runs.
 *
 * @param server the application's
 * @param pools its pools as they are configured
 * @param limits what bounds connections, calls and the drain, by property names
 * @param rotation takes services out of rotation; null without the health service
 * @param access says who may call what; null without Spring Security
 */
public record ServerView(RpcServer server, Collection<PoolSettings> pools, Map<String, Object> limits,
        @Nullable Rotation rotation, @Nullable Access access) {

    RpcReport.Server report(ServerReport now, SettingsMask mask) {
        return new RpcReport.Server(now.state().toString(), now.doors(), now.calls(),
                mask.tree("rpc.server", this.limits));
    }

    Map<String, RpcReport.Service> services(ServerReport now) {
        Map<String, RpcReport.Service> services = new LinkedHashMap<>();
        now.services().forEach((service) -> services.put(service.name(), service(service)));
        return services;
    }

    private RpcReport.Service service(ServerReport.Service service) {
        Map<String, RpcReport.Method> methods = new LinkedHashMap<>();
        service.methods()
            .forEach((method) -> methods.put(String.valueOf(method.name()), new RpcReport.Method(method.kind().name(),
                    method.pool(), access(service, method), method.interceptors())));
        Boolean in = (this.rotation != null && service.bean() != null) ? this.rotation.isIn(service.name()) : null;
        return new RpcReport.Service(service.bean(), in, methods);
    }

    private @Nullable String access(ServerReport.Service service, ServerReport.Method method) {
        return (this.access != null) ? this.access.of(service.name() + "/" + method.name()) : null;
    }

    Map<String, RpcReport.Pool> poolReports() {
        Map<String, PoolStatistics> figures = this.server.poolStatistics();
        Map<String, RpcReport.Pool> reports = new LinkedHashMap<>();
        this.pools
            .forEach((pool) -> reports.put(pool.name(), new RpcReport.Pool(pool.type().name().toLowerCase(Locale.ROOT),
                    pool.queueCapacity(), pool.queueTimeout(), figures.get(pool.name()))));
        return reports;
    }

    RpcReport.@Nullable Pool resize(String pool, int size) {
        this.server.resize(pool, size);
        return poolReports().get(pool);
    }

    RpcReport.@Nullable Service rotate(String service, boolean in) {
        if (this.rotation == null) {
            throw new IllegalArgumentException("There is no health service: add the dependency io.grpc:grpc-services,"
                    + " and leave rpc.server.health.enabled true.");
        }
        this.rotation.set(service, in);
        return services(this.server.report()).get(service);
    }

    List<CallReport> calls() {
        return this.server.calls();
    }

    /**
     * Says who may call what.
     */
    public interface Access {

        /**
         * Who may call a method.
         * @param method its full name
         * @return null if everybody may, because nothing asks who calls
         */
        @Nullable String of(String method);

    }

    /**
     * Says of services that they do not serve, though they do.
     */
    public interface Rotation {

        /**
         * Whether a service is in rotation.
         * @param service its full name
         * @return false if somebody took it out
         */
        boolean isIn(String service);

        /**
         * Takes a service out of rotation, or puts it back.
         * @param service its full name
         * @param in whether it is to be in rotation
         * @throws IllegalArgumentException if it is not served
         */
        void set(String service, boolean in);

    }

}
