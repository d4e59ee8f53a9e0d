package io.rpcspring.server.pool;

import java.util.concurrent.Executor;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.HandlerPools.PooledCall;
import io.rpcspring.server.pool.PoolStatistics.Expiry;

/**
 * A call that its pool has let in: it waits, runs, or ends without having run.
 * <p>
 * grpc-java brings a call's events in batches, the next when the one before has been run.
 * A handler that blocks for as long as a stream lives would stop them, so it runs after
 * the batch that starts it, on the same thread; from then on events are run by the
 * transport's thread. One hop and one thread a call: a pool of one thread serves streams
 * one after the other without a deadlock.
 * <p>
 * All that several threads decide is one {@link CallState}; with it a place of the pool
 * is taken or given back. The other fields belong to who runs the events, and are handed
 * on with a move.
 */
public final class AdmittedCall extends FollowedCall implements Executor {

    /** Runs after the batch; by itself if it was handed over on another thread. */
    private volatile @Nullable Runnable handler;

    AdmittedCall(HandlerPool pool, PooledCall call) {
        super(pool, call);
    }

    /**
     * Called by grpc-java when there are events, and not again before they have run.
     * @param events runs them
     */
    @Override
    public void execute(Runnable events) {
        bring(events);
        while (true) {
            CallState from = state();
            CallState to = from.whenEventsCome(call().isEnded(), isQuiet());
            if (to == from) {
                runBatch();
                return;
            }
            if (to.isInQueue()) {
                waitFrom(System.nanoTime());
            }
            if (move(from, to)) {
                if (from == CallState.AWAY && to == CallState.QUEUED) {
                    pool().enqueueNext(this);
                }
                else if (to.isInQueue()) {
                    pool().enqueue(this);
                }
                return;
            }
        }
    }

    /** Runs on a thread of the pool. */
    @Override
    public void run() {
        long start = System.nanoTime();
        if (isDone(start)) {
            return;
        }
        CallState from = move(CallState::whenTaken);
        if (from.isInQueue()) {
            runFrom(start, from == CallState.LATE);
        }
    }

    private void runFrom(long start, boolean late) {
        boolean began = hasBegun();
        boolean begun;
        waited(start - since());
        int running = pool().figures().began(start - since());
        do {
            begin();
            try {
                runBatch();
                runHandler();
            }
            catch (Throwable ex) {
                // What the framework lets through: the call must leave all the same.
                Thread.currentThread().getUncaughtExceptionHandler().uncaughtException(Thread.currentThread(), ex);
            }
            finally {
                end();
            }
            // Before it leaves: then it may begin on another thread.
            begun = hasBegun();
        }
        while (!leave());
        long nanos = System.nanoTime() - start;
        pool().figures().ended(nanos);
        if (begun && !late) {
            pool().figures().handlerRan(nanos);
        }
        if (begun != began && call().getMethodDescriptor().getType() == MethodDescriptor.MethodType.UNARY) {
            pool().limit().learn(start, nanos, running, call().isCancelled());
        }
    }

    /** From here on events are run by who brings them; those that are here come first. */
    private void runHandler() {
        Runnable next = this.handler;
        if (next != null && !(next instanceof ForeignHandler)
                && move(CallState.RUNNING, CallState.RUNNING.whenHandedOver())) {
            this.handler = null;
            next.run();
        }
    }

    /**
     * Runs a handler that blocks after the events that this thread runs, or if it runs
     * none of this call's, as when an interceptor starts the call on a thread of its own,
     * on another thread of the pool.
     * @param blocking the handler; called once a call
     */
    public void handOver(Runnable blocking) {
        begun();
        Runnable carried = ThreadLocals.carrying(pool().threadLocals(), blocking);
        if (isOnThisThread()) {
            this.handler = carried;
            return;
        }
        CallState from = move(CallState::whenHandedOverElsewhere);
        this.handler = pool().execute(carried);
        if (from == CallState.RUNNING_MORE || from == CallState.QUEUED) {
            runBatch();
        }
    }

    /**
     * Nobody waits for the answer any more: what has not begun never does, and what runs
     * is interrupted.
     * @param why the client cancelled, or its deadline passed
     */
    public void cancelled(Expiry why) {
        endWait(why, null);
        interrupt();
    }

    @Override
    public synchronized void interrupt() {
        super.interrupt();
        if (this.handler instanceof ForeignHandler elsewhere) {
            elsewhere.interrupt();
        }
    }

    /**
     * Which pool runs it.
     * @return the pool's name
     */
    public String poolName() {
        return pool().name();
    }

    /**
     * The call has ended, one way or another; the application is told of it now, by a
     * thread on which no interrupt is left, though its batch goes on.
     */
    public void ended() {
        end();
        over();
        if (!hasExpired()) {
            pool().figures().completed();
        }
    }

    /**
     * The thread that works on the call, as it is seen without a lock: it may have left
     * the call by now.
     * @return null if none does
     */
    public @Nullable Thread thread() {
        Thread own = seenThread();
        return (own == null && this.handler instanceof ForeignHandler elsewhere) ? elsewhere.seenThread() : own;
    }

    /**
     * Whether this thread runs events of the call now, as the pool's own.
     * @return false on other threads, such as one that an interceptor has chosen
     */
    public boolean isHere() {
        return isOnThisThread();
    }

    /**
     * For how long it was in the queue so far. Asked by its events.
     * @return nanoseconds
     */
    public long waitedNanos() {
        return waited();
    }

    /**
     * Whether the call waits for a thread or for its request.
     * @return false if it runs, or has run and is not answered yet
     */
    public boolean isWaiting() {
        return state().isWaiting();
    }

}
