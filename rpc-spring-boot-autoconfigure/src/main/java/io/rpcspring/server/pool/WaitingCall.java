package io.rpcspring.server.pool;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.HandlerPools.PooledCall;
import io.rpcspring.server.pool.PoolStatistics.Expiry;

/**
 * A call that was let in and waits: for a thread, for its request, and for its end.
 */
abstract sealed class WaitingCall extends PlacedCall permits FollowedCall {

    /** Whether the handler has all that it starts with. Handed on with a move. */
    private boolean begun;

    /** For how long it was in the queue before it began. Handed on with a move. */
    private long waited;

    /** Whether no code of the application listens to its end. Handed on with a move. */
    private boolean quiet;

    /** Whether its end has been told. */
    private volatile boolean over;

    /** Whether it was counted as expired. */
    private volatile boolean expired;

    WaitingCall(HandlerPool pool, PooledCall call) {
        super(pool, call);
    }

    /** It has a thread after so long in the queue. */
    final void waited(long nanos) {
        this.waited += nanos;
    }

    final long waited() {
        return this.waited;
    }

    final void begun() {
        if (!this.begun) {
            this.begun = true;
            pool().figures().waited(this.waited);
        }
    }

    final boolean hasBegun() {
        return this.begun;
    }

    final void quiet(boolean nobodyListens) {
        this.quiet = nobodyListens;
    }

    final boolean isQuiet() {
        return this.quiet;
    }

    final void over() {
        this.over = true;
        move(CallState.SERVED, CallState.ENDED);
    }

    final boolean hasExpired() {
        return this.expired;
    }

    /**
     * The batch has run, and the handler if there is one.
     * @return whether the thread may go: no more events have come
     */
    final boolean leave() {
        while (true) {
            CallState from = state();
            CallState to = from.whenLeft(this.over, isRequestAwaited(), this.quiet);
            if (to == CallState.ABSENT) {
                waitFrom(System.nanoTime());
            }
            if (to == from) {
                return true;
            }
            if (move(from, to)) {
                if (to == CallState.ABSENT) {
                    pool().absent(this);
                }
                return to != CallState.RUNNING;
            }
        }
    }

    private boolean isRequestAwaited() {
        return !this.begun && call().getMethodDescriptor().getType().clientSendsOneMessage();
    }

    @Override
    final boolean isDone(long nanoTime) {
        boolean waits = state() == CallState.WAITING || (state() == CallState.QUEUED && !this.begun);
        if (waits && pool().isTooLong(nanoTime - since())) {
            endWait(Expiry.QUEUE_TIMEOUT, pool().tooLong());
        }
        return !state().isInQueue();
    }

    /**
     * A call of which nobody was told ends here and now; for others only the wait does.
     */
    final void endWait(Expiry why, @Nullable Dismissal answer) {
        CallState from = move(CallState::whenTooLate);
        boolean waited = from.whenTooLate() != from && from != CallState.ABSENT;
        if (!waited || this.begun) {
            return;
        }
        this.expired = true;
        pool().figures().expired(why);
        if (from.isInQueue()) {
            pool().figures().waited(this.waited + System.nanoTime() - since());
        }
        if (answer != null) {
            call().refuse(answer);
        }
        if (from == CallState.WAITING) {
            runBatch();
        }
    }

    /** Runs the events that are here, on this thread. */
    abstract void runBatch();

    final boolean isAbsent() {
        return state() == CallState.ABSENT;
    }

    /** Its place is given back, unless its request has come. */
    final void loseAbsence() {
        move(CallState.ABSENT, CallState.ABSENT.whenTooLate());
    }

}
