package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what happens in a pool, without a lock.
 */
final class PoolFigures {

    private final AtomicInteger running = new AtomicInteger();

    private final LongAdder started = new LongAdder();

    private final LongAdder queueNanos = new LongAdder();

    private final LongAccumulator longestQueueNanos = new LongAccumulator(Math::max, 0);

    private final LongAdder runNanos = new LongAdder();

    private final LongAdder refused = new LongAdder();

    private final LongAdder expired = new LongAdder();

    private final LongAdder completed = new LongAdder();

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

    void refused() {
        this.refused.increment();
    }

    void expired() {
        this.expired.increment();
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

    PoolStatistics statistics(int size, int waiting) {
        return new PoolStatistics(size, this.running.get(), waiting, this.refused.sum(), this.expired.sum(),
                this.completed.sum(), this.started.sum(), Duration.ofNanos(this.queueNanos.sum()),
                Duration.ofNanos(this.longestQueueNanos.get()));
    }

}
