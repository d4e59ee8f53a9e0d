package io.rpcspring.server.pool;

import java.time.Duration;

/**
 * What a pool has done and does, at one moment.
 *
 * @param size how many calls may run at once now: the adaptive limit, where there is one
 * @param running calls that have a thread
 * @param waiting calls that wait for a thread or for their request
 * @param refused calls that were refused because the pool was full
 * @param expired calls that ended before they had a thread: cancelled, past their
 * deadline, or past the pool's queue timeout
 * @param completed calls that were started and have ended, however they ended; each call
 * is refused, expired or completed
 * @param started times that a call got a thread
 * @param queueTime how long they waited for it, in all
 * @param longestQueueTime the longest that one of them waited
 */
public record PoolStatistics(int size, int running, int waiting, long refused, long expired, long completed,
        long started, Duration queueTime, Duration longestQueueTime) {
}
