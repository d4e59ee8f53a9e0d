package io.rpcspring.server.pool;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;

import io.grpc.Context;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

/**
 * One call in its pool: it waits, runs, or is dismissed without running.
 * <p>
 * grpc-java delivers a call's events one after the other, in batches that run here. A
 * handler that blocks for as long as a stream lives would stop them, so it runs after the
 * batch that starts the call, on the same thread; from then on events run on the
 * transport's thread, where they only enqueue, signal or interrupt. One hop and one
 * thread a call: a pool of one thread serves streams one after the other without a
 * deadlock.
 */
public final class PooledCall implements Executor {

    private static final ThreadLocal<@Nullable PooledCall> CURRENT = new ThreadLocal<>();

    private final HandlerPool pool;

    private final @Nullable ServerCall<?, ?> call;

    private final Place place;

    private final Context context = Context.current();

    /** Whether the handler holds its thread as long as its stream lives. */
    private final boolean holdsThread;

    /** Why the call is not served. */
    private volatile @Nullable Dismissal dismissal;

    /** Whether events run on the thread that brings them. */
    private volatile boolean inline;

    /** Whether the handler has all that it starts with. */
    private volatile boolean begun;

    /** Whether the call has come to its end. */
    private volatile boolean over;

    /** What runs after the events of this run. Used by one run at a time. */
    private @Nullable Runnable handler;

    /** A call that was let in. */
    PooledCall(HandlerPool pool, ServerCall<?, ?> call, boolean holdsThread) {
        this.pool = pool;
        this.call = call;
        this.place = new Place(pool.places(), true);
        this.holdsThread = holdsThread;
    }

    /** A handler whose call nobody knows here. */
    PooledCall(HandlerPool pool) {
        this.pool = pool;
        this.call = null;
        this.place = new Place(pool.places(), false);
        this.holdsThread = false;
        this.begun = true;
    }

    /** A call that is not let in. */
    PooledCall(HandlerPool pool, ServerCall<?, ?> call, Dismissal dismissal) {
        this.pool = pool;
        this.call = call;
        this.place = new Place(pool.places(), false);
        this.holdsThread = false;
        this.inline = true;
        this.dismissal = dismissal;
    }

    /** The call whose events this thread delivers. */
    static @Nullable PooledCall current() {
        return CURRENT.get();
    }

    /**
     * Runs a handler that blocks after the events that this thread delivers.
     * @param handler the handler
     * @param elsewhere where it runs if this thread delivers no call's events, as when an
     * interceptor starts the call on a thread of its own
     */
    public static void runAfterEvents(Runnable handler, Executor elsewhere) {
        PooledCall current = CURRENT.get();
        if (current != null) {
            current.handler = handler;
        }
        else {
            elsewhere.execute(handler);
        }
    }

    @Override
    public void execute(Runnable events) {
        if (!this.inline) {
            enqueue(events);
            return;
        }
        deliver(events);
        if (this.handler != null) {
            enqueue(() -> {
            });
        }
    }

    private void enqueue(Runnable events) {
        QueuedRun run = new QueuedRun(this, events);
        this.place.take(run);
        this.pool.enqueue(run);
    }

    /** Runs on a thread of the pool. */
    void run(QueuedRun run) {
        long start = System.nanoTime();
        boolean began = this.begun;
        int running = this.pool.figures().began(start - run.since());
        dismissIf(tooLate(start - run.since()));
        try {
            this.inline |= this.holdsThread;
            deliver(run.events());
            runHandler();
        }
        finally {
            long end = System.nanoTime();
            this.pool.figures().ended(end - start);
            this.place.leave(run, isRequestAwaited(), end);
            if (this.over) {
                // It ended on the transport's thread meanwhile.
                this.place.leaveForGood();
            }
            if (this.begun != began && isOf(MethodType.UNARY)) {
                boolean tooSlow = this.context.cancellationCause() instanceof TimeoutException;
                this.pool.limit().learn(start, end - start, running, tooSlow);
            }
        }
    }

    private void deliver(Runnable events) {
        PooledCall before = CURRENT.get();
        CURRENT.set(this);
        try {
            events.run();
        }
        finally {
            // Removing would make the thread allocate anew for each event.
            CURRENT.set(before);
        }
    }

    private void runHandler() {
        Runnable next = this.handler;
        this.handler = null;
        if (next != null && !isDismissed()) {
            this.begun = true;
            next.run();
        }
    }

    /** Ends the call without running it, on whatever thread. */
    void dismiss(QueuedRun run, long nanoTime) {
        dismissIf(tooLate(nanoTime - run.since()));
        this.inline = true;
        deliver(run.events());
        this.handler = null;
        isDismissed();
        this.place.leave(run, false, nanoTime);
    }

    /** Why the call cannot be served any more, if it has waited for too long. */
    @Nullable Dismissal tooLate(long waitedNanos) {
        if (this.begun || this.over) {
            return null;
        }
        if (this.context.isCancelled()) {
            return Dismissal.cancelled(this.context);
        }
        return this.pool.isTooLong(waitedNanos) ? this.pool.tooLong() : null;
    }

    /** Called by whoever has taken the run. */
    private void dismissIf(@Nullable Dismissal reason) {
        if (reason != null) {
            this.dismissal = reason;
            this.pool.figures().expired();
        }
    }

    /** Whether the call is not served; then it is closed, too. */
    boolean isDismissed() {
        Dismissal reason = this.dismissal;
        if (reason == null) {
            return false;
        }
        if (!this.over && this.call != null) {
            this.over = true;
            reason.close(this.call);
        }
        return true;
    }

    private boolean isRequestAwaited() {
        boolean one = this.call != null && this.call.getMethodDescriptor().getType().clientSendsOneMessage();
        return one && !this.begun && !this.over;
    }

    private boolean isOf(MethodType type) {
        return this.call != null && this.call.getMethodDescriptor().getType() == type;
    }

    /** The service has been told of the call; there may be no request yet. */
    void started() {
        this.begun |= !this.holdsThread && !isRequestAwaited();
    }

    /**
     * The service gets the whole request.
     * @param quiet whether it does nothing when the call has ended
     */
    void requestIsIn(boolean quiet) {
        this.begun |= !this.holdsThread;
        this.inline |= quiet;
    }

    /** The call has ended, one way or another. */
    void ended() {
        this.over = true;
        this.place.leaveForGood();
        if (this.dismissal == null) {
            this.pool.figures().completed();
        }
    }

}
