package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/**
 * The threads of one pool.
 */
interface PoolThreads {

    /**
     * Takes calls from the pool's queue as far as the limit allows. Call it after adding
     * one. If no thread can be started it says so to {@link ThreadShortage} and returns:
     * calls wait for those there are, and for the next time that this is called.
     */
    void wake();

    /**
     * Ends all threads: what runs has some patience, is interrupted, and has it once
     * more. Closing twice is fine.
     * @param patience how long to wait, each time
     */
    void close(Duration patience);

    /**
     * Waits until these threads have ended, and interrupts those that take too long.
     */
    static void end(Collection<Thread> threads, Duration patience) {
        try {
            if (!haveEnded(threads, patience)) {
                threads.forEach(Thread::interrupt);
                haveEnded(threads, patience);
            }
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean haveEnded(Collection<Thread> threads, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (Thread thread : threads) {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, end - System.nanoTime()));
            if (thread.isAlive()) {
                return false;
            }
        }
        return true;
    }

}
