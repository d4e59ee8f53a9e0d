package io.rpcspring.server.health;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.rpcspring.server.error.OwnStatuses;

/**
 * Answers {@code grpc.health.v1.Health} from memory: it never blocks.
 * <p>
 * A service is {@code SERVING} if the application is ready, the server is not about to
 * stop, and nothing that was asked for the service says otherwise. The name of the server
 * as a whole is the empty string. Changes reach open {@code Watch} streams at once, on
 * the thread that brings them.
 */
public final class HealthService {

    private static final Log logger = LogFactory.getLog(HealthService.class);

    /** The name of the server as a whole. */
    public static final String OVERALL = "";

    /** Whether each service is well in itself. Guarded by this. */
    private final Map<String, Boolean> well = new TreeMap<>();

    /** Those that somebody has taken out of rotation. Guarded by this for writing. */
    private final Set<String> out = ConcurrentHashMap.newKeySet();

    private final CopyOnWriteArrayList<HealthWatch> watches = new CopyOnWriteArrayList<>();

    private final OwnStatuses statuses;

    /** Guarded by this. */
    private boolean ready;

    /** Guarded by this. */
    private boolean stopping;

    /**
     * Knows no service yet.
     * @param statuses makes the answer to who asks for one that there is not
     */
    public HealthService(OwnStatuses statuses) {
        this.statuses = statuses;
    }

    /**
     * The server serves.
     * @param services the full names of its services
     * @param are whether they are well as long as nobody says otherwise
     */
    public synchronized void start(Set<String> services, boolean are) {
        this.stopping = false;
        this.well.clear();
        this.well.put(OVERALL, are);
        services.forEach((service) -> this.well.put(service, are));
        tell();
    }

    /**
     * Whether the application takes traffic.
     * @param is whether it does
     */
    public synchronized void ready(boolean is) {
        this.ready = is;
        tell();
    }

    /**
     * Whether a service is well in itself.
     * @param service its full name, or {@link #OVERALL}
     * @param is whether it is
     */
    public synchronized void well(String service, boolean is) {
        this.well.replace(service, is);
        tell();
    }

    /**
     * Takes a service out of rotation, or puts it back: its health says that it does not
     * serve, though it does. That lasts as long as the application, whatever else is
     * known of the service.
     * @param service its full name
     * @param in whether it is to be in rotation
     * @throws IllegalArgumentException if it is not served
     */
    public synchronized void rotation(String service, boolean in) {
        if (service.equals(OVERALL) || !this.well.containsKey(service)) {
            throw new IllegalArgumentException("No service '" + service + "' is served. Served: "
                    + this.well.keySet()
                        .stream()
                        .filter((name) -> !name.equals(OVERALL))
                        .collect(Collectors.joining(", "))
                    + ".");
        }
        if (in ? this.out.remove(service) : this.out.add(service)) {
            logger.info("Service " + service
                    + (in ? " is in rotation again" : " is out of rotation: its health says NOT_SERVING"));
            tell();
        }
    }

    /**
     * Whether a service is in rotation.
     * @param service its full name
     * @return false if somebody took it out
     */
    public boolean isInRotation(String service) {
        return !this.out.contains(service);
    }

    /**
     * The server is about to stop: nothing serves, and those who watch see that and are
     * let go.
     */
    public synchronized void stop() {
        this.stopping = true;
        tell();
        this.watches.forEach(HealthWatch::end);
        this.watches.clear();
    }

    /**
     * What the server serves.
     * @return the service, whose methods never block
     */
    public ServerServiceDefinition definition() {
        return new HealthAnswers(this, this.statuses).bindService();
    }

    /**
     * How many watch now.
     * @return the streams that are open
     */
    public int watchers() {
        return this.watches.size();
    }

    synchronized void watch(HealthWatch watch) {
        this.watches.add(watch);
        watch.tell(status(watch.service()));
    }

    void unwatch(HealthWatch watch) {
        this.watches.remove(watch);
    }

    private void tell() {
        this.watches.forEach((watch) -> watch.tell(status(watch.service())));
    }

    synchronized ServingStatus status(String service) {
        Boolean is = this.well.get(service);
        if (is == null && !service.equals(OVERALL)) {
            return ServingStatus.SERVICE_UNKNOWN;
        }
        boolean serves = this.ready && !this.stopping && Boolean.TRUE.equals(is) && !this.out.contains(service);
        return serves ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    }

}
