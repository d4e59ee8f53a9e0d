package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.PoolStatistics.PoolObserver;

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

    private final QueueWatch watch = new QueueWatch(this.pools.values(), () -> this.calls.get());

    private final @Nullable ThreadLocals threadLocals;

    private final PoolObserver observer;

    /** Written before the first call comes. */
    private volatile PoolChoice choice;

    /** By the full names of the methods. Written before the first call comes. */
    private volatile Map<String, String> names = Map.of();

    /** Written before the first call comes. */
    private volatile Supplier<Stream<AdmittedCall>> calls = Stream::empty;

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
        this.observer = runs.observer();
        this.choice = choice(Map.of());
    }

    /**
     * Says which pool runs which method, before the first call comes.
     * @param poolNames the pool of each method, by the method's full name; a pool of type
     * {@code direct} and {@link #TRANSPORT} are the transport's thread
     */
    public void assign(Map<String, String> poolNames) {
        this.pools.values().forEach((pool) -> pool.reportTo(this.observer));
        Map<String, PoolChoice.Chosen> methods = new HashMap<>();
        poolNames.forEach((method, pool) -> methods.put(method, new PoolChoice.Chosen(this.pools.get(pool))));
        this.choice = choice(methods);
        this.names = Map.copyOf(poolNames);
    }

    /**
     * Says who knows the calls, before the first one comes: whoever reads of a pool that
     * has too much to do wants to read what holds its threads.
     * @param known answers all calls that are in flight, of whatever pool
     */
    public void callsAreKnownBy(Supplier<Stream<AdmittedCall>> known) {
        this.calls = known;
    }

    /**
     * The pool of a method, as it was assigned.
     * @param method the full name of the method
     * @return a pool's name, also one of type {@code direct}, or {@link #TRANSPORT}
     */
    public String nameOf(String method) {
        return this.names.getOrDefault(method, DEFAULT);
    }

    /**
     * Lets another number of calls of a pool run at once, from now on until the pools
     * end. Calls that run go on where it becomes less.
     * @param name the pool
     * @param size how many, at least 1
     * @throws IllegalArgumentException if there is no such pool, or it takes no size
     */
    public void resize(String name, int size) {
        HandlerPool pool = this.pools.get(name);
        if (pool == null) {
            throw new IllegalArgumentException(
                    "No pool '" + name + "' has threads. Pools: " + String.join(", ", this.pools.keySet()) + ".");
        }
        if (size < 1) {
            throw new IllegalArgumentException("A pool of " + size + " would run nothing: the least is 1.");
        }
        if (!pool.isResizedTo(size)) {
            throw new IllegalArgumentException("Pool '" + name + "' has an adaptive limit, which finds its size by"
                    + " itself. Configure rpc.server.pools." + name + ".size for the most that it may be.");
        }
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
     * Which pool runs a method.
     * @param method the full name of any method
     * @return the pool's name; null for the transport's thread
     */
    public @Nullable String poolOf(String method) {
        HandlerPool pool = this.choice.poolOf(method);
        return (pool != null) ? pool.name() : null;
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

    /**
     * Is told how far a call is, by the events of that call.
     */
    public sealed interface CallProgress permits FollowedCall, TransportCall, UntoldProgress {

        /**
         * Who is told, where a call's events are run so.
         * @param runs what runs them; null for what the application chose itself
         * @return what runs them, or one that forgets what it is told
         */
        static CallProgress of(@Nullable Executor runs) {
            return (runs instanceof CallProgress progress) ? progress : UntoldProgress.UNTOLD;
        }

        /**
         * The application is told of the call now.
         * @param quietAtTheEnd whether none of its code listens to the call's end, nor
         * runs before the request is in
         */
        void started(boolean quietAtTheEnd);

        /**
         * Whether the next code of the application to run is that which the whole request
         * is brought to.
         * @return false if any event may be the application's
         */
        boolean waitsForRequest();

        /** The whole request is in. */
        void requestIsIn();

        /** Code of the application listens to the end after all. */
        void notQuiet();

    }

}
