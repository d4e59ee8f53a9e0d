package io.rpcspring.server.pool;

import java.util.Collection;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Ends calls that become too late in a queue, even if no thread gets free.
 * <p>
 * It looks at all queues twenty times a second while a call waits, on a thread of its
 * own, and sleeps otherwise.
 */
final class QueueWatch {

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int IDLE_SECONDS = 10;

    private final Collection<HandlerPool> pools;

    private final Supplier<Stream<AdmittedCall>> calls;

    private final AtomicBoolean awake = new AtomicBoolean();

    private final ThreadPoolExecutor thread;

    /**
     * Creates a watch without a thread yet.
     * @param pools may be filled later, before the first call comes
     * @param calls all calls that are known
     */
    QueueWatch(Collection<HandlerPool> pools, Supplier<Stream<AdmittedCall>> calls) {
        this.pools = pools;
        this.calls = calls;
        // Discarding concerns only a closed watch.
        this.thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                QueueWatch::thread, new ThreadPoolExecutor.DiscardPolicy());
        this.thread.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(null, task, "rpc-pools", 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /** A call waits. */
    void lookAfterQueues() {
        if (!this.awake.get() && this.awake.compareAndSet(false, true)) {
            begin();
        }
    }

    private void begin() {
        try {
            this.thread.execute(this::look);
        }
        catch (OutOfMemoryError ex) {
            // No thread is to be had: whoever waits next tries again.
            this.awake.set(false);
        }
    }

    private void look() {
        try {
            while (anyWaits() && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(this, TICK_NANOS);
            }
        }
        finally {
            this.awake.set(false);
        }
        if (anyWaits()) {
            lookAfterQueues();
        }
    }

    private boolean anyWaits() {
        boolean any = false;
        for (HandlerPool pool : this.pools) {
            any |= pool.sweep(this.calls);
        }
        return any;
    }

    void close() {
        this.thread.shutdownNow();
    }

}
