package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Owns the pools of one server.
 */
public final class HandlerPools {

    /** Runs what is given no other pool. */
    public static final String DEFAULT = "default";

    /** Runs handlers that hold their thread as long as their stream lives. */
    public static final String STREAMS = "streams";

    /** Stands for the transport's own thread, where a call needs no pool. */
    public static final String TRANSPORT = "";

    private final Map<String, HandlerPool> pools = new TreeMap<>();

    private final QueueWatch watch = new QueueWatch(this.pools.values());

    /** Written before the first call comes. */
    private volatile PoolChoice choice = PoolChoice.NONE;

    /**
     * Makes the pools, without a thread yet.
     * @param settings the pools; {@link #DEFAULT} and {@link #STREAMS} among them
     */
    public HandlerPools(Collection<PoolSettings> settings) {
        for (PoolSettings pool : settings) {
            if (pool.type() != PoolSettings.Type.DIRECT) {
                this.pools.put(pool.name(), new HandlerPool(pool, this.watch));
            }
        }
    }

    /**
     * Chooses the pool of each call.
     * <p>
     * grpc-java asks on its event loop, once per call, after the headers and before any
     * interceptor: looking up the pool costs no thread hop, and running the call costs
     * one. The server's own executor must therefore be the direct one.
     * @param poolNames the pool of each method, by the method's full name; a pool of type
     * {@code direct} and {@link #TRANSPORT} are the transport's thread
     * @param blockingStreams the methods whose handlers hold their thread as long as
     * their stream lives
     * @return what grpc-java asks
     */
    public ServerCallExecutorSupplier choice(Map<String, String> poolNames, Set<String> blockingStreams) {
        Map<String, PoolChoice.Chosen> methods = new HashMap<>();
        poolNames.forEach((method, pool) -> methods.put(method,
                new PoolChoice.Chosen(this.pools.get(pool), blockingStreams.contains(method))));
        this.choice = new PoolChoice(methods, new PoolChoice.Chosen(this.pools.get(DEFAULT), false));
        return this.choice;
    }

    /**
     * Keeps calls that the pools do not serve away from interceptors and handlers.
     * @param quiet whether a handler does nothing when a call has ended
     * @return the outermost interceptor of the server
     */
    public ServerInterceptor gate(Predicate<ServerCallHandler<?, ?>> quiet) {
        return new AdmissionGate(quiet);
    }

    /**
     * Runs a handler in its pool whose call is not known there.
     * @param method the full name of its method
     * @param handler the handler
     */
    public void execute(String method, Runnable handler) {
        this.choice.executorOf(method).execute(handler);
    }

    /**
     * What the pools have done and do. Takes no lock that a call would need.
     * @return the figures by the pools' names; a pool of type {@code direct} has none
     */
    public Map<String, PoolStatistics> statistics() {
        Map<String, PoolStatistics> statistics = new TreeMap<>();
        this.pools.forEach((name, pool) -> statistics.put(name, pool.statistics()));
        return statistics;
    }

    /**
     * Ends the pools. Call it after the server has let go of its calls. Closing twice is
     * fine.
     * @param patience how long each pool waits for what still runs, before it is
     * interrupted and once more after
     */
    public void close(Duration patience) {
        this.pools.values().forEach((pool) -> pool.close(patience));
        this.watch.close();
    }

}
