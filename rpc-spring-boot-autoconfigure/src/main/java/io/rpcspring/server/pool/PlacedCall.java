package io.rpcspring.server.pool;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.UnaryOperator;

import io.rpcspring.server.pool.HandlerPools.PooledCall;

/**
 * The state of a call that was let in, and with it the call's place in the pool.
 */
abstract sealed class PlacedCall extends PooledRun permits WaitingCall {

    private static final AtomicReferenceFieldUpdater<PlacedCall, CallState> STATE = AtomicReferenceFieldUpdater
        .newUpdater(PlacedCall.class, CallState.class, "state");

    private final PooledCall call;

    private volatile CallState state = CallState.ADMITTED;

    PlacedCall(HandlerPool pool, PooledCall call) {
        super(pool);
        this.call = call;
    }

    final PooledCall call() {
        return this.call;
    }

    final CallState state() {
        return this.state;
    }

    /** The only place where the state changes, and with it who has a place. */
    final boolean move(CallState from, CallState to) {
        if (!STATE.compareAndSet(this, from, to)) {
            return false;
        }
        if (from.hasPlace() && !to.hasPlace()) {
            pool().places().giveBack();
        }
        else if (to.hasPlace() && !from.hasPlace()) {
            pool().places().take();
        }
        return true;
    }

    /**
     * Moves as the rule says.
     * @return where the call was: where the rule leaves it, nothing has changed
     */
    final CallState move(UnaryOperator<CallState> rule) {
        while (true) {
            CallState from = this.state;
            CallState to = rule.apply(from);
            if (to == from || move(from, to)) {
                return from;
            }
        }
    }

}
