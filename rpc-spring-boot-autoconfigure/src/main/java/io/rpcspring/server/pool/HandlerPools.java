package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

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

    private final @Nullable ThreadLocals threadLocals;

    /** Written before the first call comes. */
    private volatile PoolChoice choice;

    /**
     * Makes the pools, without a thread yet.
     * @param settings the pools; {@link #DEFAULT} and {@link #STREAMS} among them
     * @param runs how they run their calls
     */
    public HandlerPools(Collection<PoolSettings> settings, RunSettings runs) {
        for (PoolSettings pool : settings) {
            if (pool.type() != PoolSettings.Type.DIRECT) {
                this.pools.put(pool.name(), new HandlerPool(pool, runs, this.watch));
            }
        }
        this.threadLocals = runs.threadLocals();
        this.choice = choice(Map.of());
    }

    /**
     * Says which pool runs which method, before the first call comes.
     * @param poolNames the pool of each method, by the method's full name; a pool of type
     * {@code direct} and {@link #TRANSPORT} are the transport's thread
     */
    public void assign(Map<String, String> poolNames) {
        Map<String, PoolChoice.Chosen> methods = new HashMap<>();
        poolNames.forEach((method, pool) -> methods.put(method, new PoolChoice.Chosen(this.pools.get(pool))));
        this.choice = choice(methods);
    }

    private PoolChoice choice(Map<String, PoolChoice.Chosen> methods) {
        return new PoolChoice(methods, new PoolChoice.Chosen(this.pools.get(DEFAULT)), this.threadLocals);
    }

    /**
     * Lets a new call into its pool, or refuses it.
     * <p>
     * Asked on the transport's thread, once per call, after the headers and before any
     * interceptor: choosing costs no hop, and running the call costs one. The server's
     * own executor must therefore be the direct one. A call with just one request is
     * asked for it here, so that it comes with the call's start; a second one shows that
     * the client breaks the rules.
     * @param call closed if its pool is full
     * @return what runs the call's events: an {@link AdmittedCall}, or the caller
     */
    public Executor admit(PooledCall call) {
        return this.choice.admit(call);
    }

    /**
     * Asks for the one request, and for a second to notice the violation.
     * @param call one with just one request, or another, which is asked for nothing
     */
    public static void requestOne(PooledCall call) {
        if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            call.request(2);
        }
    }

    /**
     * Runs a handler in its pool whose call is not known here.
     * @param method the full name of its method
     * @param handler the handler
     * @return what runs it, to interrupt it; null if it has run on this thread
     */
    public @Nullable HandlerRun execute(String method, Runnable handler) {
        HandlerPool pool = this.choice.poolOf(method);
        if (pool == null) {
            handler.run();
            return null;
        }
        return pool.execute(handler);
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

    /**
     * A call as its pool sees it.
     */
    public interface PooledCall {

        /**
         * What is called.
         * @return the method
         */
        MethodDescriptor<?, ?> getMethodDescriptor();

        /**
         * Asks for messages.
         * @param count how many more
         */
        void request(int count);

        /**
         * Whether its client has cancelled it, or its deadline has passed.
         * @return true from then on
         */
        boolean isCancelled();

        /**
         * Whether it has ended, by whomever, so that only its end is left to be told.
         * @return true from then on
         */
        boolean isEnded();

        /**
         * Ends the call past all interceptors, unless it has ended. Called by any thread.
         * @param why what the client is told
         */
        void refuse(Dismissal why);

    }

    /**
     * What runs a handler on a thread of a pool.
     */
    public interface HandlerRun {

        /**
         * The handler is done: nothing is interrupted from here on, and an interrupt that
         * came before is forgotten. Does nothing on other threads, and when called again.
         */
        void end();

        /**
         * Interrupts the thread that runs the handler, if there is one, if it is not the
         * caller, and if the pools interrupt at all.
         */
        void interrupt();

    }

}
