package io.rpcspring.test.fault;

/**
 * Says how many of the calls that a fault concerns it hits.
 *
 * @param percent of the calls, from 0 to 100
 * @param times how many at most
 * @param skip how many pass before the first can be hit
 */
public record FaultShare(double percent, int times, int skip) {

    /** Each call. */
    public static final FaultShare ALL = new FaultShare(100, Integer.MAX_VALUE, 0);

    /** An odd number whose multiples are spread evenly over all others. */
    private static final long STEP = 0x9E3779B97F4A7C15L;

    /**
     * Refuses what cannot be.
     * @throws IllegalArgumentException if there are no such calls
     */
    public FaultShare {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("percent is " + percent + ", not from 0 to 100");
        }
        if (times < 1) {
            throw new IllegalArgumentException("times is " + times + ", not 1 or more");
        }
        if (skip < 0) {
            throw new IllegalArgumentException("skip is " + skip + ", not 0 or more");
        }
    }

    /**
     * With another part.
     * @param newPercent of the calls, from 0 to 100
     * @return a changed copy
     */
    public FaultShare withPercent(double newPercent) {
        return new FaultShare(newPercent, this.times, this.skip);
    }

    /**
     * With another end.
     * @param newTimes how many at most
     * @return a changed copy
     */
    public FaultShare withTimes(int newTimes) {
        return new FaultShare(this.percent, newTimes, this.skip);
    }

    /**
     * With another beginning.
     * @param newSkip how many pass before the first can be hit
     * @return a changed copy
     */
    public FaultShare withSkip(int newSkip) {
        return new FaultShare(this.percent, this.times, newSkip);
    }

    /**
     * Whether a call is among those that may be hit, whatever thread asks.
     * @param seed chooses the calls
     * @param fault the number of the fault
     * @param call the number of the call, from 0
     */
    boolean has(long seed, int fault, int call) {
        return call >= this.skip && (this.percent == 100 || place(seed, fault, call) * 100 < this.percent);
    }

    /** From 0 to below 1, evenly: the mixing function of SplitMix64. */
    private static double place(long seed, int fault, int call) {
        return (mixed(mixed(seed + STEP * fault) + STEP * call) >>> 11) * 0x1.0p-53;
    }

    private static long mixed(long number) {
        long first = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
        long second = (first ^ (first >>> 27)) * 0x94D049BB133111EBL;
        return second ^ (second >>> 31);
    }

}
