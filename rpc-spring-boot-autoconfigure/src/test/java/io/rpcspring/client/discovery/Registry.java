package io.rpcspring.client.discovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/**
 * A service registry that can be away.
 */
final class Registry implements DiscoveryClient {

    /** What an instance's HTTP port is. Nobody listens there. */
    static final int HTTP_PORT = 1;

    /** Guarded by this. */
    private final Map<String, List<ServiceInstance>> services = new TreeMap<>();

    /** Guarded by this. */
    private boolean away;

    /** Guarded by this. */
    private int asked;

    /** Says which instances a service has, by their metadata. */
    @SafeVarargs
    final synchronized Registry put(String service, Map<String, String>... instances) {
        List<ServiceInstance> all = new ArrayList<>();
        for (Map<String, String> metadata : instances) {
            all.add(new DefaultServiceInstance(service + all.size(), service, "127.0.0.1", HTTP_PORT + all.size(),
                    false, metadata));
        }
        this.services.put(service, all);
        return this;
    }

    synchronized void forget() {
        this.services.clear();
    }

    synchronized void away(boolean isAway) {
        this.away = isAway;
    }

    synchronized int asked() {
        return this.asked;
    }

    @Override
    public String description() {
        return "test";
    }

    @Override
    public synchronized List<ServiceInstance> getInstances(String service) {
        this.asked++;
        requireThere();
        return List.copyOf(this.services.getOrDefault(service, List.of()));
    }

    @Override
    public synchronized List<String> getServices() {
        requireThere();
        return List.copyOf(this.services.keySet());
    }

    private void requireThere() {
        if (this.away) {
            throw new IllegalStateException("connection refused");
        }
    }

}
