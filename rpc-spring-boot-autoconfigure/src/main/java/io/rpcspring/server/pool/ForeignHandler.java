package io.rpcspring.server.pool;

/**
 * A handler whose call was started on a thread that is not the pool's.
 * <p>
 * An interceptor may start a call whenever and wherever it likes. Such a handler waits
 * for a thread like a call that was let in, without a limit: its call was let in before.
 */
final class ForeignHandler extends PooledRun {

    private final Runnable handler;

    ForeignHandler(HandlerPool pool, Runnable handler) {
        super(pool);
        this.handler = handler;
    }

    /** It finds out by itself that nobody waits for it, and then ends its call. */
    @Override
    boolean isDone(long nanoTime) {
        return false;
    }

    /** Runs on a thread of the pool. */
    @Override
    public void run() {
        long start = System.nanoTime();
        pool().figures().began(start - since());
        pool().figures().waited(start - since());
        begin();
        try {
            this.handler.run();
        }
        finally {
            end();
            long nanos = System.nanoTime() - start;
            pool().figures().ended(nanos);
            pool().figures().handlerRan(nanos);
            pool().places().giveBack();
        }
    }

}
