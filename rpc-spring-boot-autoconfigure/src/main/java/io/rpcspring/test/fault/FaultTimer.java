package io.rpcspring.test.fault;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs what faults put off, on one thread that is there once something is.
 */
final class FaultTimer {

    private static final Log logger = LogFactory.getLog(FaultTimer.class);

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
        ScheduledFuture<?> unused = running.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        }
        catch (RuntimeException ex) {
            logger.error("What a fault had put off failed", ex);
        }
    }

    synchronized void close() {
        this.closed = true;
        if (this.thread != null) {
            this.thread.shutdownNow();
        }
    }

}
