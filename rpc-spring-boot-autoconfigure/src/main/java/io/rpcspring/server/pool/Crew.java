package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Keeps account of the workers of a pool: who is idle, and whether one is on its way.
 * <p>
 * No task is forgotten. Whoever has added one to the queue asks here for a worker, and a
 * worker looks at the queue once more in the moment in which it becomes idle; both under
 * one lock. So either the worker finds the task, or whoever added it finds the worker. If
 * neither gets one because a worker is on its way, that one looks at the queue when it
 * arrives.
 */
final class Crew {

    private final String prefix;

    private final Queue<? extends Runnable> queue;

    private final RunLimit limit;

    private final Duration patience;

    /** The last was idle last. Guarded by this. */
    private final Deque<Worker> idle = new ArrayDeque<>();

    /** Guarded by this. */
    private final Set<Worker> all = new HashSet<>();

    /** How many were made. Guarded by this. */
    private int number;

    /** How many are not idle. Guarded by this for writing. */
    private volatile int busy;

    /** Whether a worker was sent that has not arrived. Raised under the lock. */
    private volatile boolean onItsWay;

    private volatile boolean closed;

    /**
     * Creates a crew of nobody.
     * @param prefix what the names of its workers begin with
     * @param queue the tasks
     * @param limit how many workers may be busy
     * @param patience how long a worker waits for a task until it is let go
     */
    Crew(String prefix, Queue<? extends Runnable> queue, RunLimit limit, Duration patience) {
        this.prefix = prefix;
        this.queue = queue;
        this.limit = limit;
        this.patience = patience;
    }

    /**
     * Chooses a worker for a task, if one is needed and allowed.
     * @param threads what a new worker works for
     * @return whom the caller must set going; null if one is on its way or all are busy
     */
    @Nullable Worker send(PoolThreads threads) {
        return this.onItsWay ? null : choose(threads);
    }

    private synchronized @Nullable Worker choose(PoolThreads threads) {
        if (this.onItsWay || this.closed || this.busy >= this.limit.now()) {
            return null;
        }
        Worker chosen = this.idle.pollLast();
        if (chosen == null) {
            this.number++;
            chosen = new Worker(this.prefix + this.number, this, threads);
            this.all.add(chosen);
        }
        this.busy++;
        this.onItsWay = true;
        // Last, because it may be awake and arrive at once.
        chosen.setIdle(false);
        return chosen;
    }

    /**
     * A new worker could not be set going.
     * @return how many others there are
     */
    synchronized int dismiss(Worker worker) {
        leave(worker);
        this.number--;
        this.onItsWay = false;
        return this.all.size();
    }

    /**
     * The worker that was on its way is there: another one may be sent. Ask for it after
     * this.
     */
    @Nullable Runnable firstTask(Worker worker) {
        this.onItsWay = false;
        return nextTask(worker);
    }

    /** What a worker does next; if there is nothing, it is idle from now on. */
    @Nullable Runnable nextTask(Worker worker) {
        Runnable next = poll();
        return (next != null) ? next : lastTask(worker);
    }

    private synchronized @Nullable Runnable lastTask(Worker worker) {
        Runnable last = poll();
        if (last == null) {
            this.busy--;
            this.idle.addLast(worker);
            worker.setIdle(true);
        }
        return last;
    }

    /** More are busy than allowed where the limit has become less. */
    private @Nullable Runnable poll() {
        return (this.closed || this.busy > this.limit.now()) ? null : this.queue.poll();
    }

    /** Whether a worker that has been idle for too long may go. */
    synchronized boolean letsGo(Worker worker) {
        boolean idle = worker.isIdle();
        if (idle) {
            leave(worker);
        }
        return idle;
    }

    /** A worker's thread ends, if only of an error. */
    synchronized void leave(Worker worker) {
        if (this.all.remove(worker) && !this.idle.remove(worker)) {
            this.busy--;
        }
    }

    Duration patience() {
        return this.patience;
    }

    boolean isClosed() {
        return this.closed;
    }

    /** Nobody is sent any more, and whoever is idle ends. */
    synchronized List<Worker> close() {
        this.closed = true;
        this.idle.forEach(Worker::wake);
        return List.copyOf(this.all);
    }

}
