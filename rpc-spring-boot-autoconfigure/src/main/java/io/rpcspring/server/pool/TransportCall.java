package io.rpcspring.server.pool;

import java.util.concurrent.Executor;

import io.rpcspring.server.pool.HandlerPools.CallProgress;

/**
 * A call that runs on the transport's own thread, where what it leaves on the thread
 * would meet all others.
 */
public final class TransportCall extends FollowedEvents implements Executor, CallProgress {

    private final boolean oneRequest;

    TransportCall(ThreadLocals threadLocals, boolean oneRequest) {
        super(threadLocals);
        this.oneRequest = oneRequest;
    }

    @Override
    public void execute(Runnable batch) {
        with(batch).run();
    }

    @Override
    public void started(boolean quietAtTheEnd) {
        quiet(quietAtTheEnd);
        if (!this.oneRequest) {
            begins();
        }
    }

    @Override
    public boolean waitsForRequest() {
        return waits();
    }

    @Override
    public void requestIsIn() {
        begins();
    }

    @Override
    public void notQuiet() {
        quiet(false);
    }

}
