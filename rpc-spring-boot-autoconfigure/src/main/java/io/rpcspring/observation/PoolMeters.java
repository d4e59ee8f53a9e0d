package io.rpcspring.observation;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import io.rpcspring.server.pool.PoolStatistics;
import io.rpcspring.server.pool.PoolStatistics.Expiry;
import io.rpcspring.server.pool.PoolStatistics.PoolEvents;
import io.rpcspring.server.pool.PoolStatistics.PoolObserver;
import io.rpcspring.server.pool.PoolStatistics.Refusal;

/**
 * Shows how full each handler pool is, how long calls wait there, and what it turns away.
 */
public final class PoolMeters implements PoolObserver {

    /** What the time in the queue is told apart by: from "no wait" to "given up". */
    private static final Duration[] WAITS = { Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10),
            Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(1),
            Duration.ofSeconds(5), Duration.ofSeconds(10) };

    private final Map<String, Pool> pools = new ConcurrentHashMap<>();

    private final MeterRegistry registry;

    /**
     * Makes no meter yet.
     * @param registry gets the meters
     */
    public PoolMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A server that starts again has new pools of the same names. */
    @Override
    public PoolEvents poolStarts(String name, Supplier<PoolStatistics> now) {
        Pool pool = this.pools.computeIfAbsent(name, (key) -> new Pool(this.registry, key, now));
        pool.now = now;
        return pool;
    }

    /**
     * The meters of one pool.
     */
    private static final class Pool implements PoolEvents {

        private final Timer queue;

        private final Timer run;

        private final Map<Refusal, Counter> refused;

        private final Map<Expiry, Counter> expired;

        private volatile Supplier<PoolStatistics> now;

        private Pool(MeterRegistry registry, String name, Supplier<PoolStatistics> now) {
            this.now = now;
            this.queue = Timer.builder("rpc.server.pool.queue")
                .description("How long calls waited for a thread, also in vain")
                .tag("pool", name)
                .serviceLevelObjectives(WAITS)
                .register(registry);
            this.run = Timer.builder("rpc.server.pool.run")
                .description("How long calls held a thread")
                .tag("pool", name)
                .register(registry);
            this.refused = counters(registry, name, "rpc.server.pool.refused", "Calls that were not let in",
                    Refusal.class);
            this.expired = counters(registry, name, "rpc.server.pool.expired",
                    "Calls that ended while they waited for a thread", Expiry.class);
            gauge(registry, name, "running", "Calls that have a thread", PoolStatistics::running);
            gauge(registry, name, "waiting", "Calls that wait for a thread or for their request",
                    PoolStatistics::waiting);
            gauge(registry, name, "limit", "How many calls may have a thread now", PoolStatistics::size);
        }

        private void gauge(MeterRegistry registry, String name, String what, String description,
                ToDoubleFunction<PoolStatistics> figure) {
            Gauge.builder("rpc.server.pool." + what, this, (pool) -> figure.applyAsDouble(pool.now.get()))
                .description(description)
                .tag("pool", name)
                .register(registry);
        }

        private static <E extends Enum<E>> Map<E, Counter> counters(MeterRegistry registry, String name, String meter,
                String description, Class<E> reasons) {
            Map<E, Counter> counters = new EnumMap<>(reasons);
            for (E reason : reasons.getEnumConstants()) {
                counters.put(reason,
                        Counter.builder(meter)
                            .description(description)
                            .tags("pool", name, "reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .register(registry));
            }
            return counters;
        }

        @Override
        public void waited(long nanos) {
            this.queue.record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void ran(long nanos) {
            this.run.record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void refused(Refusal reason) {
            Objects.requireNonNull(this.refused.get(reason)).increment();
        }

        @Override
        public void expired(Expiry reason) {
            Objects.requireNonNull(this.expired.get(reason)).increment();
        }

    }

}
