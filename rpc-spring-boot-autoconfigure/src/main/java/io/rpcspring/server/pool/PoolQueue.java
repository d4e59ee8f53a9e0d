package io.rpcspring.server.pool;

import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * What waits for a thread of a pool.
 * <p>
 * It takes whatever a call that was let in wants to run: grpc-java answers a rejected
 * task with a reset or not at all
 * (<a href="https://github.com/grpc/grpc-java/issues/636">grpc-java#636</a>).
 */
final class PoolQueue {

    private final Queue<PooledRun> runs = new ConcurrentLinkedQueue<>();

    private final PoolThreads threads;

    /** The same object for each call. */
    private final Runnable wake;

    private final Executor afterTurn;

    /**
     * An empty queue, whose threads are made on demand.
     * @param settings the pool's
     * @param limit how many calls may run at once
     * @param shortage is told when no thread is to be had
     * @param afterTurn runs things when the transport has done what it is at
     */
    PoolQueue(PoolSettings settings, RunLimit limit, ThreadShortage shortage, Executor afterTurn) {
        this.threads = (settings.type() == PoolSettings.Type.VIRTUAL)
                ? new VirtualThreads<>(settings.name(), this.runs, limit, shortage)
                : new PlatformThreads(settings.name(), this.runs, limit, shortage);
        this.wake = this.threads::wake;
        this.afterTurn = afterTurn;
    }

    PoolThreads threads() {
        return this.threads;
    }

    void add(PooledRun run) {
        this.runs.add(run);
    }

    /**
     * A thread is woken for what the transport brings when that has brought all that it
     * has: woken before, it would contend with the transport for the processor and for
     * its connections, and an answer could leave no sooner.
     */
    void wakeAfterTurn() {
        this.afterTurn.execute(this.wake);
    }

    /**
     * What waits longest.
     * @return null if nothing waits
     */
    @Nullable PooledRun first() {
        return this.runs.peek();
    }

    /** Ends what has waited too long. */
    void expire(long nanoTime) {
        for (Iterator<PooledRun> waiting = this.runs.iterator(); waiting.hasNext();) {
            if (waiting.next().isDone(nanoTime)) {
                waiting.remove();
            }
        }
    }

}
