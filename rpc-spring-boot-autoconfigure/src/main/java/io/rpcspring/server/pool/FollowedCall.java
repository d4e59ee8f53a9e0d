package io.rpcspring.server.pool;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.pool.HandlerPools.CallProgress;
import io.rpcspring.server.pool.HandlerPools.PooledCall;

/**
 * A call that was let in, with the events that grpc-java has brought it, whose
 * thread-locals follow it.
 */
abstract sealed class FollowedCall extends WaitingCall implements CallProgress permits AdmittedCall {

    /** Runs what grpc-java has brought: the same object each time. */
    private @Nullable Runnable batch;

    FollowedCall(HandlerPool pool, PooledCall call) {
        super(pool, call);
    }

    /** These events run next. */
    final void bring(Runnable events) {
        ThreadLocals threadLocals = pool().threadLocals();
        if (threadLocals == null) {
            this.batch = events;
            return;
        }
        FollowedEvents known = followed();
        this.batch = ((known != null) ? known : new FollowedEvents(threadLocals)).with(events);
    }

    private @Nullable FollowedEvents followed() {
        return (this.batch instanceof FollowedEvents followed) ? followed : null;
    }

    @Override
    final void runBatch() {
        Objects.requireNonNull(this.batch).run();
    }

    @Override
    public final void started(boolean quietAtTheEnd) {
        listensToTheEnd(!quietAtTheEnd);
        if (!call().getMethodDescriptor().getType().clientSendsOneMessage()) {
            requestIsIn();
        }
    }

    private void listensToTheEnd(boolean listens) {
        quiet(!listens);
        FollowedEvents followed = followed();
        if (followed != null) {
            followed.quiet(!listens);
        }
    }

    @Override
    public final boolean waitsForRequest() {
        return isQuiet() && !hasBegun();
    }

    @Override
    public final void notQuiet() {
        listensToTheEnd(true);
    }

    @Override
    public final void requestIsIn() {
        begun();
        FollowedEvents followed = followed();
        if (followed != null) {
            followed.begins();
        }
    }

}
