package io.rpcspring.server.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tells the operator that a pool gets no thread, and when to try again.
 * <p>
 * The JVM itself writes a line for each attempt that fails, so there is one a second,
 * however many calls wait; what it means is logged once a minute.
 */
final class ThreadShortage {

    private static final Logger logger = Logger.getLogger(ThreadShortage.class.getName());

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String pool;

    private final Runnable later;

    private final AtomicLong logged = new AtomicLong(System.nanoTime() - QUIET_NANOS);

    private volatile long failed = System.nanoTime() - RETRY_NANOS;

    /**
     * Creates what to tell if a thread does not start.
     * @param pool the name of the pool
     * @param later has the pool's threads woken again some time later
     */
    ThreadShortage(String pool, Runnable later) {
        this.pool = pool;
        this.later = later;
    }

    /**
     * A thread did not start.
     * @param threads how many there are
     * @param cause why
     */
    void report(int threads, Throwable cause) {
        long now = System.nanoTime();
        this.failed = now;
        long last = this.logged.get();
        if (now - last >= QUIET_NANOS && this.logged.compareAndSet(last, now)) {
            logger.log(Level.WARNING,
                    () -> "Pool '" + this.pool + "' has " + threads + " threads and could not start another: " + cause
                            + ". Calls wait for those it has. Look at what limits the threads of this process"
                            + " (ulimit -u, pids.max of its cgroup, memory), or give the pool fewer"
                            + " (rpc.server.pools." + this.pool + ".size).");
        }
        postpone();
    }

    /** Whether an attempt has failed so recently that the next is not worth its cost. */
    boolean lasts() {
        return System.nanoTime() - this.failed < RETRY_NANOS;
    }

    void postpone() {
        this.later.run();
    }

}
