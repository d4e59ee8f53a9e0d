package io.rpcspring.server.pool;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * The calls that were started and whose request has not come, in the order in which they
 * left their thread.
 * <p>
 * Each keeps its place for a second and then loses it, so that clients that send headers
 * only cannot fill a pool; when its request comes it has a place again, free or not. So
 * nothing that a client leaves undone can use up the places for good.
 */
final class Absences {

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Queue<WaitingCall> calls = new ConcurrentLinkedQueue<>();

    void add(WaitingCall call) {
        this.calls.add(call);
    }

    /**
     * Those who left long ago lose their places. One thread at a time.
     * @param nanoTime the time
     * @return whether any are left
     */
    boolean expire(long nanoTime) {
        while (true) {
            WaitingCall first = this.calls.peek();
            if (first == null) {
                return false;
            }
            if (first.isAbsent() && nanoTime - first.since() <= LONGEST_NANOS) {
                return true;
            }
            this.calls.poll();
            first.loseAbsence();
        }
    }

}
