package io.rpcspring.server.pool;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Tells the operator, once a minute, that a pool has too much to do and what holds it up.
 * <p>
 * A pool is saturated when it turns calls away, or when one has waited for a second. The
 * {@link QueueWatch} looks: no call has to.
 */
final class Saturation {

    private static final Logger logger = Logger.getLogger(Saturation.class.getName());

    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HandlerPool pool;

    private volatile long said = System.nanoTime() - QUIET_NANOS;

    /** How many had been turned away at the last look. Used by the watch alone. */
    private long turnedAway;

    Saturation(HandlerPool pool) {
        this.pool = pool;
    }

    /** Whether it is time for another line, if there is reason for one. */
    boolean isDue(long nanoTime) {
        return nanoTime - this.said >= QUIET_NANOS;
    }

    /**
     * Looks whether there is reason for a line.
     * @param nanoTime the time
     * @param first what waits longest for a thread, if anything
     * @param calls all calls that are known, of whatever pool
     */
    void look(long nanoTime, @Nullable PooledRun first, Supplier<Stream<AdmittedCall>> calls) {
        long away = this.pool.figures().turnedAway();
        boolean saturated = away > this.turnedAway || (first != null && nanoTime - first.since() > LONG_NANOS);
        this.turnedAway = away;
        if (saturated && isDue(nanoTime)) {
            this.said = nanoTime;
            say(away, holders(calls.get()));
        }
    }

    /** Where this pool's threads are: each thread with the method that it runs. */
    private Map<Thread, String> holders(Stream<AdmittedCall> calls) {
        Map<Thread, String> holders = new TreeMap<>((one, other) -> Long.compare(one.getId(), other.getId()));
        calls.filter((call) -> call.pool() == this.pool).forEach((call) -> {
            Thread thread = call.thread();
            if (thread != null) {
                holders.put(thread, call.call().getMethodDescriptor().getFullMethodName());
            }
        });
        return holders;
    }

    private void say(long away, Map<Thread, String> holders) {
        PoolStatistics now = this.pool.statistics();
        logger.log(Level.WARNING,
                () -> "Pool '" + this.pool.name() + "' is saturated: " + now.running() + " running, " + now.waiting()
                        + " waiting, " + away + " turned away since the start. Its threads are held by "
                        + methods(holders) + ". Look at what they wait for (their stacks are logged at DEBUG), or give"
                        + " the pool more threads (rpc.server.pools." + this.pool.name() + ".size).");
        if (logger.isLoggable(Level.FINE)) {
            holders.forEach((thread, method) -> logger.fine(thread.getName() + " runs " + method + stack(thread)));
        }
    }

    private static String methods(Map<Thread, String> holders) {
        Map<String, Long> counts = holders.values()
            .stream()
            .collect(Collectors.groupingBy((method) -> method, TreeMap::new, Collectors.counting()));
        return counts.isEmpty() ? "nobody now"
                : counts.entrySet()
                    .stream()
                    .map((method) -> method.getValue() + " of " + method.getKey())
                    .collect(Collectors.joining(", "));
    }

    private static String stack(Thread thread) {
        return Stream.of(thread.getStackTrace()).map((frame) -> "\n\tat " + frame).collect(Collectors.joining());
    }

}
