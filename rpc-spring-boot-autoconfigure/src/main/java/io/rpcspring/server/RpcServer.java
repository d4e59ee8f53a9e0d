package io.rpcspring.server;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

import io.rpcspring.server.handler.HandlerBinder;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolStatistics;

/**
 * The application's one gRPC server: it serves every bean marked {@code @RpcService}.
 * <p>
 * It starts last, when all singletons exist and everything else runs, and stops first. It
 * can be started again after it was stopped. Without a marked bean it does not start, and
 * the application is a client only. While it runs it keeps the JVM alive.
 * <p>
 * Stopping refuses new calls at once, lets the calls in flight finish within the grace
 * period, then cancels those that are left and interrupts their handlers.
 */
public final class RpcServer implements SmartLifecycle {

    private static final Log logger = LogFactory.getLog(RpcServer.class);

    /** How long a handler that was cut off has to come to its end. */
    private static final Duration LAST_MOMENT = Duration.ofSeconds(1);

    /** How long a connection without calls has to answer that the server goes. */
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    /** How often a stopping server looks whether calls are left. */
    private static final Duration TICK = Duration.ofMillis(20);

    private final ServiceRegistry registry;

    private final ListenAddress address;

    private final ServerSettings settings;

    private final List<RpcServerCustomizer> customizers;

    private final ApplicationEventPublisher events;

    /** What runs; guarded by this for writing. */
    private volatile @Nullable Running running;

    /**
     * Creates a server that does not run yet.
     * @param registry the services
     * @param address where to listen
     * @param settings how to run and end the calls
     * @param customizers change the builder, in this order
     * @param events told when the server listens
     */
    public RpcServer(ServiceRegistry registry, ListenAddress address, ServerSettings settings,
            List<RpcServerCustomizer> customizers, ApplicationEventPublisher events) {
        this.registry = registry;
        this.address = address;
        this.settings = settings;
        this.customizers = customizers;
        this.events = events;
    }

    /**
     * The port the server listens on: the real one where {@code rpc.server.port} is 0.
     * @return a port from 1 to 65535
     * @throws IllegalStateException if the server does not run
     */
    public int port() {
        Running current = this.running;
        if (current == null) {
            throw new IllegalStateException("The gRPC server does not run, so it has no port");
        }
        return current.server().getPort();
    }

    /**
     * What the handler pools have done since the server started, and do now. Asking costs
     * the calls nothing.
     * @return the figures by the pools' names; empty while the server does not run
     */
    public Map<String, PoolStatistics> poolStatistics() {
        Running current = this.running;
        return (current != null) ? current.pools().statistics() : Map.of();
    }

    @Override
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        HandlerPools pools = new HandlerPools(this.settings.pools());
        Collection<ServedService> services = this.registry.services(this.settings.handlers(pools));
        if (services.isEmpty()) {
            logger.debug("No bean is marked @RpcService: no gRPC server");
            return;
        }
        CallCounter calls = new CallCounter();
        Server server = listen(services, pools, calls);
        this.running = new Running(server, pools, calls);
        keepAlive(server);
        int port = server.getPort();
        logger.info(
                "gRPC server listens on " + new ListenAddress(this.address.host(), port) + " with " + names(services));
        this.events.publishEvent(new RpcServerStartedEvent(this, port));
    }

    private Server listen(Collection<ServedService> services, HandlerPools pools, CallCounter calls) {
        try {
            Map<String, String> poolNames = new PoolAssignment(this.settings.services(), this.settings.pools())
                .of(services);
            // The direct executor keeps the choice of the pool on the event loop: one
            // hop.
            ServerBuilder<?> builder = NettyTransport.listenOn(this.address)
                .directExecutor()
                .callExecutor(pools.choice(poolNames, blockingStreams(services)))
                .addStreamTracerFactory(calls);
            services.forEach((service) -> builder.addService(service.definition()));
            this.customizers.forEach((customizer) -> customizer.customize(builder));
            builder.intercept(pools.gate(HandlerBinder::isQuietAtTheEnd));
            return builder.build().start();
        }
        catch (IOException ex) {
            pools.close(Duration.ZERO);
            throw this.address.cannotListen(ex);
        }
        catch (RuntimeException ex) {
            pools.close(Duration.ZERO);
            throw ex;
        }
    }

    /** All other threads are daemons, so this one is what keeps the JVM alive. */
    private static void keepAlive(Server server) {
        Thread thread = new Thread(() -> {
            try {
                server.awaitTermination();
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }, "rpc-server");
        thread.setDaemon(false);
        thread.start();
    }

    @Override
    public synchronized void stop() {
        Running current = this.running;
        if (current == null) {
            return;
        }
        current.server().shutdown();
        if (!letCallsFinish(current)) {
            current.server().shutdownNow();
            ended(current.server(), LAST_MOMENT);
        }
        current.pools().close(LAST_MOMENT);
        this.running = null;
        logger.info("gRPC server has stopped");
    }

    /**
     * Waits for the calls, and for clients that say goodbye; a connection that is silent
     * and has no call is not worth the grace period.
     * @return whether the server came to its end by itself
     */
    private boolean letCallsFinish(Running current) {
        long start = System.nanoTime();
        while (!ended(current.server(), TICK)) {
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            boolean idle = current.calls().isZero() && waited.compareTo(GOODBYE) > 0;
            if (idle || waited.compareTo(this.settings.grace()) > 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
        }
        return true;
    }

    private static boolean ended(Server server, Duration patience) {
        try {
            return server.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public boolean isRunning() {
        return this.running != null;
    }

    private static Set<String> blockingStreams(Collection<ServedService> services) {
        return services.stream().flatMap(ServedService::blockingStreams).collect(Collectors.toSet());
    }

    private static String names(Collection<ServedService> services) {
        return services.stream().map(ServedService::name).collect(Collectors.joining(", "));
    }

    /** A started server and what it alone uses. */
    private record Running(Server server, HandlerPools pools, CallCounter calls) {
    }

}
