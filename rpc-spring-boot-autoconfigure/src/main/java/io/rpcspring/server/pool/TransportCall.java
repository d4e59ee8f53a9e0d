package io.rpcspring.server.pool;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * A call that runs on the transport's own thread, where what it leaves on the thread
 * would meet all others.
 */
final class TransportCall implements Executor {

    private final ThreadLocals threadLocals;

    /** What application code has left. Used by one batch at a time. */
    private @Nullable Object locals;

    TransportCall(ThreadLocals threadLocals) {
        this.threadLocals = threadLocals;
    }

    @Override
    public void execute(Runnable batch) {
        this.locals = ThreadLocals.run(this.threadLocals, this.locals, batch);
    }

}
