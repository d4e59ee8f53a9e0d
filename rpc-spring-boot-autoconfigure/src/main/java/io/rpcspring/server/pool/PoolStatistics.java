package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a pool has done and does, at one moment.
 *
 * @param size how many calls may run at once now: the adaptive limit, where there is one
 * @param running calls that have a thread
 * @param waiting calls that wait for a thread or for their request
 * @param refusals calls that were not let in, for each reason
 * @param expiries calls that ended before they had a thread with all that they need, for
 * each reason
 * @param completed calls that were started and have ended, however they ended; each call
 * is refused, expired or completed
 * @param started times that a call got a thread
 * @param queueTime how long they waited for it, in all
 * @param longestQueueTime the longest that one of them waited
 * @param runTime how long they held it, in all; what runs now is not in it
 */
public record PoolStatistics(int size, int running, int waiting, Map<Refusal, Long> refusals,
        Map<Expiry, Long> expiries, long completed, long started, Duration queueTime, Duration longestQueueTime,
        Duration runTime) {

    /**
     * Calls that were not let in.
     * @return for all reasons
     */
    public long refused() {
        return sum(this.refusals);
    }

    /**
     * Calls that ended before they had a thread with all that they need.
     * @return for all reasons
     */
    public long expired() {
        return sum(this.expiries);
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Why a call is not let in. */
    public enum Refusal {

        /** All places are taken, of as many as were configured. */
        FULL,

        /** All places are taken, of those that an adaptive limit leaves. */
        ADAPTIVE

    }

    /** Why a call's wait for a thread ends without one. */
    public enum Expiry {

        /** Its deadline has passed. */
        DEADLINE,

        /** Its client has cancelled it, or is gone. */
        CANCELLED,

        /** It has waited longer than the pool's queue timeout. */
        QUEUE_TIMEOUT

    }

    /**
     * Is told of each pool before its first call comes.
     */
    public interface PoolObserver {

        /** Wants to know nothing. */
        PoolObserver NONE = (pool, now) -> PoolEvents.IGNORED;

        /**
         * A pool is about to be used.
         * @param pool its name
         * @param now asks for its figures
         * @return is told what happens in it
         */
        PoolEvents poolStarts(String pool, Supplier<PoolStatistics> now);

    }

    /**
     * Is told what happens in one pool, by the threads that run its calls or bring them:
     * it must be quick, and must not throw.
     */
    public interface PoolEvents {

        /** Nobody listens. */
        PoolEvents IGNORED = new PoolEvents() {
        };

        /**
         * A call's handler has a thread, or its call has ended before it had one. Once a
         * call.
         * @param nanos how long it waited
         */
        default void waited(long nanos) {
        }

        /**
         * A handler has given its thread back: once a call, but for each batch of
         * messages where an observer takes many.
         * @param nanos how long it held it
         */
        default void ran(long nanos) {
        }

        /**
         * A call was not let in.
         * @param reason why
         */
        default void refused(Refusal reason) {
        }

        /**
         * A call has ended before it had a thread with all that it needs.
         * @param reason why
         */
        default void expired(Expiry reason) {
        }

    }

}
