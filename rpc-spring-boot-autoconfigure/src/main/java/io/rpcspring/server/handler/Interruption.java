package io.rpcspring.server.handler;

import org.jspecify.annotations.Nullable;

/**
 * Interrupts the thread of a handler, and nothing else that the thread does later.
 */
final class Interruption {

    private final boolean enabled;

    /** The handler's thread while the handler runs. Guarded by this. */
    private @Nullable Thread thread;

    Interruption(boolean enabled) {
        this.enabled = enabled;
    }

    synchronized void begin() {
        this.thread = Thread.currentThread();
    }

    /**
     * The handler has come to its end, and an interrupt with it, whoever it came from.
     * Does nothing on other threads, and when called again.
     */
    synchronized void end() {
        if (this.thread == Thread.currentThread()) {
            this.thread = null;
            Thread.interrupted();
        }
    }

    synchronized void interrupt() {
        if (this.enabled && this.thread != null) {
            this.thread.interrupt();
        }
    }

}
