package io.rpcspring.server.load;

/**
 * What the counters of a pool say at one moment.
 *
 * @param nanos when that is
 * @param calls that were let in and have ended
 * @param errors calls that the server failed
 * @param callNanos how long calls have waited and run, in all; without those that run
 * @param held calls that run or wait, one that is about to end among them
 * @param cpuNanos how long the processors have worked for this process
 */
record Reading(long nanos, long calls, long errors, long callNanos, int held, long cpuNanos) {

    /** A server that was started again counts from the beginning. */
    boolean isBefore(Reading later) {
        return this.callNanos <= later.callNanos;
    }

}
