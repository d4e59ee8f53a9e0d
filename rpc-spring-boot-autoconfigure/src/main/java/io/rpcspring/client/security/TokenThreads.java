package io.rpcspring.client.security;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the threads that wait for authorization servers, so that no other thread does.
 * <p>
 * Each registration has one request at a time, so there are at most as many threads as
 * registrations. They end by themselves when there is nothing to do.
 */
final class TokenThreads {

    private static final long IDLE_SECONDS = 10;

    private TokenThreads() {
    }

    static ExecutorService create() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(),
                (task) -> thread(task, "rpc-tokens-" + number.incrementAndGet()));
    }

    /** Has nothing of the thread that happens to ask first, such as its identity. */
    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }

}
