package io.rpcspring.server.pool;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Runs one streaming call: its serialized part, and then its handler on the same thread.
 * <p>
 * grpc-java delivers a call's events one after the other, so a handler that blocks inside
 * one of them would never see the next. The handler therefore runs after the serialized
 * part (interceptors, start of the call) has returned. From then on events run on the
 * thread that brings them, the transport's, where they only enqueue, signal or interrupt.
 * One hop and one thread a call: a pool of one thread serves streams one after the other
 * without a deadlock.
 */
public final class StreamExecutor implements Executor {

    private static final ThreadLocal<@Nullable StreamExecutor> CURRENT = new ThreadLocal<>();

    private final Executor pool;

    /** Whether the handler has its thread, so that events must not wait for one. */
    private volatile boolean inline;

    /** What runs next on this thread. Used by the thread of the serialized part only. */
    private @Nullable Runnable handler;

    StreamExecutor(Executor pool) {
        this.pool = pool;
    }

    /**
     * Runs a handler after the serialized part of the call that this thread is in.
     * @param handler the handler; it may block
     * @param elsewhere where it runs if this thread is in no such part, as when an
     * interceptor starts the call on a thread of its own
     */
    public static void runAfter(Runnable handler, Executor elsewhere) {
        StreamExecutor current = CURRENT.get();
        if (current == null) {
            elsewhere.execute(handler);
            return;
        }
        current.handler = handler;
        current.inline = true;
    }

    @Override
    public void execute(Runnable events) {
        if (this.inline) {
            events.run();
        }
        else {
            this.pool.execute(() -> runOnPool(events));
        }
    }

    private void runOnPool(Runnable events) {
        CURRENT.set(this);
        try {
            events.run();
        }
        finally {
            CURRENT.remove();
        }
        Runnable next = this.handler;
        if (next != null) {
            this.handler = null;
            next.run();
        }
    }

}
