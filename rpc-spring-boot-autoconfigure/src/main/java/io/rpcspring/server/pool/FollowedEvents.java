package io.rpcspring.server.pool;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Runs a call's events so that what they leave on a thread is there for the next.
 * <p>
 * Most calls run code of the application in one batch only, that which brings the
 * request: before it nothing is put on a thread, and after it nothing is kept, since
 * copies of thread-locals cost more than all else that a call needs.
 */
sealed class FollowedEvents implements Runnable permits TransportCall {

    private final ThreadLocals threadLocals;

    private @Nullable Runnable events;

    private @Nullable Object left;

    /** Whether no event but that of the request runs code of the application. */
    private boolean quiet;

    private boolean begun;

    FollowedEvents(ThreadLocals threadLocals) {
        this.threadLocals = threadLocals;
    }

    final FollowedEvents with(Runnable next) {
        this.events = next;
        return this;
    }

    @Override
    public final void run() {
        Runnable next = Objects.requireNonNull(this.events);
        if (isPast()) {
            next.run();
            return;
        }
        Object before = ThreadLocals.swap(this.threadLocals, this.quiet ? null : this.left);
        try {
            next.run();
        }
        finally {
            leave();
            if (before != null) {
                this.threadLocals.put(before);
            }
        }
    }

    private void leave() {
        if (isPast()) {
            this.left = null;
            this.threadLocals.clear();
        }
        else if (!this.quiet || this.left == null) {
            this.left = this.threadLocals.take();
        }
    }

    private boolean isPast() {
        return this.quiet && this.begun;
    }

    final boolean waits() {
        return this.quiet && !this.begun;
    }

    final void quiet(boolean quietNow) {
        this.quiet = quietNow;
    }

    final void begins() {
        this.begun = true;
        if (this.quiet && this.left != null) {
            this.threadLocals.put(this.left);
        }
    }

}
