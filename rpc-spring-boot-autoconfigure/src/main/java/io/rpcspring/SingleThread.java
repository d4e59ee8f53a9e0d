package io.rpcspring;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time use one direction of a stream.
 */
final class SingleThread {

    private final String use;

    private final String method;

    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();

    SingleThread(String use, String method) {
        this.use = use;
        this.method = method;
    }

    /**
     * Begins to use the direction.
     * @throws IllegalStateException if another thread does, naming both
     */
    void enter() {
        if (!tryEnter()) {
            Thread other = this.user.get();
            throw new IllegalStateException("Two threads " + this.use + " on one stream of " + this.method + ": '"
                    + Thread.currentThread().getName() + "' came while '"
                    + ((other != null) ? other.getName() : "another one") + "' was at it");
        }
    }

    boolean tryEnter() {
        return this.user.compareAndSet(null, Thread.currentThread());
    }

    /** Whether the current thread is at it. */
    boolean isCurrent() {
        return this.user.get() == Thread.currentThread();
    }

    void leave() {
        this.user.setRelease(null);
    }

}
