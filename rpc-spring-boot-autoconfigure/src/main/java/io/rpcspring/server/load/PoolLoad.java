package io.rpcspring.server.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.grpc.xds.shaded.com.github.xds.data.orca.v3.OrcaLoadReport;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.server.pool.PoolStatistics;

/**
 * Knows how busy one pool was in the last second.
 * <p>
 * How many calls ran and waited on the average follows from how long those that ended
 * took (Little's law), which is steadier than any count of one moment: a balancer divides
 * by it. Calls that take longer than the second bring their whole time with them, and
 * those that never end none of it, so it is kept between the least and the most that were
 * counted.
 */
final class PoolLoad {

    private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(1);

    private final Supplier<@Nullable PoolStatistics> pool;

    private final LongSupplier cpuNanos;

    private final LongAdder ended = new LongAdder();

    private final LongAdder failed = new LongAdder();

    private final Lock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private final LastSecond second;

    /** Replaced under the lock. */
    private volatile Latest latest;

    /**
     * A pool that has done nothing yet.
     * @param pool its figures; null if it has none
     * @param cpuNanos how long the processors have worked for this process
     */
    PoolLoad(Supplier<@Nullable PoolStatistics> pool, LongSupplier cpuNanos) {
        this.pool = pool;
        this.cpuNanos = cpuNanos;
        long before = System.nanoTime() - LastSecond.WINDOW;
        this.second = new LastSecond(new Reading(before, 0, 0, 0, -1, cpuNanos.getAsLong()));
        this.latest = new Latest(before, new Load(0, 0, 0, 0), OrcaLoadReport.getDefaultInstance());
    }

    /** A call is about to end. */
    void ends(boolean asFailure) {
        this.ended.increment();
        if (asFailure) {
            this.failed.increment();
        }
    }

    /**
     * What is known, at most a moment old; who comes while another looks does not wait.
     */
    Latest latest() {
        long now = System.nanoTime();
        if (now - this.latest.nanos() >= FRESH && this.lock.tryLock()) {
            try {
                look(now);
            }
            finally {
                this.lock.unlock();
            }
        }
        return this.latest;
    }

    private void look(long now) {
        PoolStatistics statistics = this.pool.get();
        Reading reading = read(now, statistics);
        this.second.endAt(reading);
        Load load = (statistics != null && statistics.size() != PoolSettings.UNBOUNDED)
                ? this.second.ofCalls(reading, statistics.size()) : this.second.ofProcessors(reading);
        this.second.keep(reading);
        this.latest = new Latest(now, load, load.report());
    }

    private Reading read(long now, @Nullable PoolStatistics statistics) {
        long calls = this.ended.sum();
        long cpu = this.cpuNanos.getAsLong();
        if (statistics == null) {
            return new Reading(now, calls, this.failed.sum(), 0, 0, cpu);
        }
        return new Reading(now, Math.max(0, calls - statistics.refused() - statistics.expired()), this.failed.sum(),
                statistics.queueTime().plus(statistics.runTime()).toNanos(),
                statistics.running() + statistics.waiting(), cpu);
    }

    /**
     * What was found last.
     *
     * @param nanos when
     * @param load how busy the pool was
     * @param report the same as it is sent
     */
    record Latest(long nanos, Load load, OrcaLoadReport report) {
    }

}
