package io.rpcspring.test.fault;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Runs what faults put off, on one thread that is there once something is.
 */
final class FaultTimer {

    /** Guarded by this. */
    private @Nullable ScheduledExecutorService thread;

    /** Guarded by this. */
    private boolean closed;

    /** Runs a task later, unless this is closed before. */
    synchronized void runAfter(Duration delay, Runnable task) {
        if (this.closed) {
            return;
        }
        ScheduledExecutorService running = this.thread;
        if (running == null) {
            running = Executors.newSingleThreadScheduledExecutor((run) -> {
                Thread created = new Thread(run, "rpc-faults");
                created.setDaemon(true);
                return created;
            });
            this.thread = running;
        }
        running.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    synchronized void close() {
        this.closed = true;
        if (this.thread != null) {
            this.thread.shutdownNow();
        }
    }

}
