package io.rpcspring.server;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.grpc.ServiceDescriptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

import io.rpcspring.server.call.CallReport;
import io.rpcspring.server.pool.PoolStatistics;
import io.rpcspring.server.transport.Doors;

/**
 * The application's one gRPC server: it serves every bean marked {@code @RpcService}.
 * <p>
 * It starts last, when all singletons exist and everything else runs, and stops first. It
 * can be started again after it was stopped, and then takes the port it had, if that is
 * still free. Without a marked bean it does not start, and the application is a client
 * only. While it runs it keeps the JVM alive.
 * <p>
 * Stopping is a drain: first the server says that it is not ready, then it takes no more
 * calls, then those in flight end or are cut off, and then the pools end.
 */
public final class RpcServer implements SmartLifecycle {

    private static final Log logger = LogFactory.getLog(RpcServer.class);

    /** How long a handler that was cut off has to come to its end. */
    private static final Duration LAST_MOMENT = Duration.ofSeconds(1);

    private final ServerStart start;

    private final ServerEvents events;

    /** What runs; guarded by this for writing. */
    private volatile @Nullable RunningServer running;

    /** The port of the last run, if there was one. Guarded by this. */
    private int lastPort;

    /**
     * Creates a server that does not run yet.
     * @param registry the services
     * @param builtIn services of the framework, beside the application's
     * @param doors where to listen
     * @param settings how to run and end the calls
     * @param customizers change the builder, in this order
     * @param events told when the server listens
     */
    public RpcServer(ServiceRegistry registry, Collection<BuiltInService> builtIn, Doors doors, ServerSettings settings,
            List<RpcServerCustomizer> customizers, ApplicationEventPublisher events) {
        this.start = new ServerStart(registry, builtIn, doors, settings, customizers);
        this.events = new ServerEvents(events);
    }

    /**
     * The port the server listens on: the real one where {@code rpc.server.port} is 0. It
     * stays the same while the server drains, or an xDS control plane keeps it closed.
     * @return a port from 1 to 65535, or -1 if it does not listen on the network
     * @throws IllegalStateException if the server does not run
     */
    public int port() {
        RunningServer current = this.running;
        if (current == null) {
            throw new IllegalStateException("The gRPC server does not run, so it has no port");
        }
        return current.doors().port();
    }

    /**
     * What the handler pools have done since the server started, and do now. Asking costs
     * the calls nothing.
     * @return the figures by the pools' names; empty while the server does not run
     */
    public Map<String, PoolStatistics> poolStatistics() {
        RunningServer current = this.running;
        return (current != null) ? current.pools().statistics() : Map.of();
    }

    /**
     * What the server serves, and how far it is. Asking costs the calls nothing.
     * @return a report on this moment
     */
    public ServerReport report() {
        RunningServer current = this.running;
        return (current != null) ? current.report() : ServerReport.STOPPED;
    }

    /**
     * What is served, by the application and the framework.
     * @return the services with their methods; empty while the server does not run
     */
    public List<ServiceDescriptor> services() {
        RunningServer current = this.running;
        return (current != null) ? current.services().descriptors() : List.of();
    }

    /**
     * The calls in flight. Asking takes no lock that a call needs.
     * @return the oldest first; empty while the server does not run
     */
    public List<CallReport> calls() {
        RunningServer current = this.running;
        return (current != null) ? current.callReports() : List.of();
    }

    /**
     * Lets another number of calls of a pool run at once, until the server stops.
     * @param pool the pool's name
     * @param size how many, at least 1
     * @throws IllegalArgumentException if there is no such pool, or it takes no size
     */
    public void resize(String pool, int size) {
        RunningServer current = this.running;
        if (current == null) {
            throw new IllegalArgumentException("The gRPC server does not run, so it has no pools.");
        }
        current.pools().resize(pool, size);
        logger.info("Pool '" + pool + "' runs " + size + " calls at once from now on");
    }

    /**
     * Which pool runs a method.
     * @param method the full name of any method
     * @return the pool's name; null for the transport's thread, and while the server does
     * not run
     */
    public @Nullable String poolOf(String method) {
        RunningServer current = this.running;
        return (current != null) ? current.pools().poolOf(method) : null;
    }

    @Override
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        RunningServer started = this.start.run(this.lastPort);
        if (started == null) {
            logger.debug("No bean is marked @RpcService: no gRPC server");
            return;
        }
        this.running = started;
        started.keepAlive();
        Set<String> services = started.services().names();
        logger.info("gRPC server listens on " + started.doors() + " with " + String.join(", ", services));
        this.lastPort = started.doors().port();
        tellStarted(this.lastPort, services);
    }

    private void tellStarted(int port, Set<String> services) {
        try {
            this.events.started(this, port, services);
        }
        catch (RuntimeException | Error ex) {
            stop();
            throw ex;
        }
    }

    @Override
    public synchronized void stop() {
        RunningServer current = this.running;
        if (current == null) {
            return;
        }
        this.events.stops(new RpcServerDrainEvent(this));
        try {
            current.sayGoodbye();
        }
        finally {
            end(current);
        }
    }

    private void end(RunningServer stopped) {
        try {
            stopped.pools().close(LAST_MOMENT);
        }
        finally {
            this.running = null;
            stopped.doors().close();
            logger.info("gRPC server has stopped");
            this.events.stops(new RpcServerStoppedEvent(this));
        }
    }

    @Override
    public boolean isRunning() {
        return this.running != null;
    }

}
