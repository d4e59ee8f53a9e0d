package io.rpcspring.server.load;

import java.util.ArrayDeque;
import java.util.Deque;
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

    private static final long WINDOW = TimeUnit.SECONDS.toNanos(1);

    private static final long BETWEEN_READINGS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(1);

    /** Fewer calls say nothing of an average. */
    private static final int ENOUGH_CALLS = 10;

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private final Supplier<@Nullable PoolStatistics> pool;

    private final LongSupplier cpuNanos;

    private final LongAdder ended = new LongAdder();

    private final LongAdder failed = new LongAdder();

    private final Lock lock = new ReentrantLock();

    /** Of the last second, and one before it. Guarded by the lock. */
    private final Deque<Reading> readings = new ArrayDeque<>();

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
        long before = System.nanoTime() - WINDOW;
        this.readings.add(new Reading(before, 0, 0, 0, -1, cpuNanos.getAsLong()));
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
        while (this.readings.size() > 1 && isTooOld(reading)) {
            this.readings.removeFirst();
        }
        if (!this.readings.getFirst().isBefore(reading)) {
            this.readings.clear();
            this.readings.add(new Reading(now - WINDOW, reading.calls(), reading.errors(), 0, -1, reading.cpuNanos()));
        }
        Load load = (statistics != null && statistics.size() != PoolSettings.UNBOUNDED)
                ? ofCalls(reading, statistics.size()) : ofProcessors(reading);
        if (now - this.readings.getLast().nanos() >= BETWEEN_READINGS) {
            this.readings.addLast(reading);
        }
        this.latest = new Latest(now, load, load.report());
    }

    /** Whether the second reading goes far enough back, too. */
    private boolean isTooOld(Reading last) {
        Reading first = this.readings.removeFirst();
        boolean old = last.nanos() - this.readings.getFirst().nanos() >= WINDOW;
        this.readings.addFirst(first);
        return old;
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

    private Load ofCalls(Reading last, int size) {
        Reading first = this.readings.getFirst();
        double held = last.held();
        if (last.calls() - first.calls() >= ENOUGH_CALLS) {
            double mean = (double) (last.callNanos() - first.callNanos()) / (last.nanos() - first.nanos());
            held = Math.min(most(last), Math.max(least(last) - 1, mean));
        }
        return new Load(held / size, 0, perSecond(last.calls() - first.calls(), last),
                perSecond(last.errors() - first.errors(), last));
    }

    private Load ofProcessors(Reading last) {
        Reading first = this.readings.getFirst();
        double cpu = (double) (last.cpuNanos() - first.cpuNanos()) / (last.nanos() - first.nanos()) / PROCESSORS;
        return new Load(cpu, cpu, perSecond(last.calls() - first.calls(), last),
                perSecond(last.errors() - first.errors(), last));
    }

    private double perSecond(long count, Reading last) {
        return Math.max(0, count) * (double) WINDOW / (last.nanos() - this.readings.getFirst().nanos());
    }

    private int least(Reading last) {
        return this.readings.stream()
            .mapToInt(Reading::held)
            .filter((held) -> held >= 0)
            .reduce(last.held(), Math::min);
    }

    private int most(Reading last) {
        return this.readings.stream().mapToInt(Reading::held).reduce(last.held(), Math::max);
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
