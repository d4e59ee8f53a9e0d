package io.rpcspring.server.load;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * What was read of a pool in the last second, and what it says in all.
 */
final class LastSecond {

    static final long WINDOW = TimeUnit.SECONDS.toNanos(1);

    private static final long BETWEEN_READINGS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Fewer calls say nothing of an average. */
    private static final int ENOUGH_CALLS = 10;

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /** Those of the second, and one before it. Guarded by who has it. */
    private final Deque<Reading> readings = new ArrayDeque<>();

    LastSecond(Reading first) {
        this.readings.add(first);
    }

    /** Ends the second here. */
    void endAt(Reading reading) {
        while (this.readings.size() > 1 && isTooOld(reading)) {
            this.readings.removeFirst();
        }
        if (!this.readings.getFirst().isBefore(reading)) {
            this.readings.clear();
            this.readings.add(new Reading(reading.nanos() - WINDOW, reading.calls(), reading.errors(), 0, -1,
                    reading.cpuNanos()));
        }
    }

    /** Keeps a reading for later ones, unless another is close. */
    void keep(Reading reading) {
        if (reading.nanos() - this.readings.getLast().nanos() >= BETWEEN_READINGS) {
            this.readings.addLast(reading);
        }
    }

    /** Whether the second reading goes far enough back, too. */
    private boolean isTooOld(Reading last) {
        Reading first = this.readings.removeFirst();
        boolean old = last.nanos() - this.readings.getFirst().nanos() >= WINDOW;
        this.readings.addFirst(first);
        return old;
    }

    Load ofCalls(Reading last, int size) {
        Reading first = this.readings.getFirst();
        double held = last.held();
        if (last.calls() - first.calls() >= ENOUGH_CALLS) {
            double mean = (double) (last.callNanos() - first.callNanos()) / (last.nanos() - first.nanos());
            held = Math.min(most(last), Math.max(least(last) - 1, mean));
        }
        return new Load(held / size, 0, perSecond(last.calls() - first.calls(), last),
                perSecond(last.errors() - first.errors(), last));
    }

    Load ofProcessors(Reading last) {
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

}
