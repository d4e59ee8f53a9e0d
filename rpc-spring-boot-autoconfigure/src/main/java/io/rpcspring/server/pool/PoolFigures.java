package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

import io.rpcspring.server.pool.PoolStatistics.Expiry;
import io.rpcspring.server.pool.PoolStatistics.PoolEvents;
import io.rpcspring.server.pool.PoolStatistics.Refusal;

/**
 * Counts what happens in a pool, without a lock, and tells who listens.
 */
final class PoolFigures {

    private final AtomicInteger running = new AtomicInteger();

    private final LongAdder started = new LongAdder();

    private final LongAdder queueNanos = new LongAdder();

    private final LongAccumulator longestQueueNanos = new LongAccumulator(Math::max, 0);

    private final LongAdder runNanos = new LongAdder();

    private final Map<Refusal, LongAdder> refused = adders(Refusal.class);

    private final Map<Expiry, LongAdder> expired = adders(Expiry.class);

    private final LongAdder completed = new LongAdder();

    /** Written before the first call comes. */
    private PoolEvents events = PoolEvents.IGNORED;

    void reportTo(PoolEvents listener) {
        this.events = listener;
    }

    /** A call has a thread; answers how many have one now. */
    int began(long queued) {
        this.started.increment();
        this.queueNanos.add(queued);
        this.longestQueueNanos.accumulate(queued);
        return this.running.incrementAndGet();
    }

    /** A call has given its thread back. */
    void ended(long ran) {
        this.runNanos.add(ran);
        this.running.decrementAndGet();
    }

    /** A call has waited for the thread that runs its handler. */
    void waited(long nanos) {
        this.events.waited(nanos);
    }

    /** A handler has given its thread back. */
    void handlerRan(long nanos) {
        this.events.ran(nanos);
    }

    void refused(Refusal reason) {
        adder(this.refused, reason).increment();
        this.events.refused(reason);
    }

    void expired(Expiry reason) {
        adder(this.expired, reason).increment();
        this.events.expired(reason);
    }

    /** How many calls were turned away because there was too much to do. */
    long turnedAway() {
        long refusals = this.refused.values().stream().mapToLong(LongAdder::sum).sum();
        return refusals + adder(this.expired, Expiry.QUEUE_TIMEOUT).sum();
    }

    void completed() {
        this.completed.increment();
    }

    int running() {
        return this.running.get();
    }

    /** How long a call holds its thread, on the average; a second if none has ended. */
    Duration meanRun() {
        long ended = this.started.sum() - this.running.get();
        return (ended > 0) ? Duration.ofNanos(this.runNanos.sum() / ended) : Duration.ofSeconds(1);
    }

    PoolStatistics statistics(int size, int runningNow, int waiting) {
        return new PoolStatistics(size, runningNow, waiting, sums(this.refused), sums(this.expired),
                this.completed.sum(), this.started.sum(), Duration.ofNanos(this.queueNanos.sum()),
                Duration.ofNanos(this.longestQueueNanos.get()), Duration.ofNanos(this.runNanos.sum()));
    }

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> reasons) {
        Map<E, LongAdder> adders = new EnumMap<>(reasons);
        for (E reason : reasons.getEnumConstants()) {
            adders.put(reason, new LongAdder());
        }
        return adders;
    }

    private static <E extends Enum<E>> LongAdder adder(Map<E, LongAdder> adders, E reason) {
        return Objects.requireNonNull(adders.get(reason));
    }

    private static <E extends Enum<E>> Map<E, Long> sums(Map<E, LongAdder> adders) {
        Map<E, Long> sums = new TreeMap<>();
        adders.forEach((reason, adder) -> sums.put(reason, adder.sum()));
        return sums;
    }

}
