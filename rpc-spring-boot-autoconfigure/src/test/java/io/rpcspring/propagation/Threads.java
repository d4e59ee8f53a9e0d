package io.rpcspring.propagation;

import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;

/**
 * Other threads than the test's, and what they allocate.
 */
final class Threads {

    private static final int ROUNDS = 10_000;

    private Threads() {
    }

    /** Runs on a thread that has nothing on it. */
    static <V> V onAnother(Callable<V> work) throws Exception {
        FutureTask<V> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "another");
        thread.start();
        return task.get(10, TimeUnit.SECONDS);
    }

    /** Mean bytes of a round, on this thread. */
    static double allocatedBy(Runnable round) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        repeat(round);
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        repeat(round);
        return (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / (double) ROUNDS;
    }

    private static void repeat(Runnable round) {
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
    }

}
