package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The named threads that run handlers.
 * <p>
 * It never rejects a task: grpc-java answers a rejection with a reset or not at all
 * (<a href="https://github.com/grpc/grpc-java/issues/636">grpc-java#636</a>), so what
 * finds no thread waits in an unbounded queue. Threads are made on demand, let go after a
 * minute without work, and are daemons.
 */
final class HandlerPool implements Executor {

    private static final Duration IDLE = Duration.ofMinutes(1);

    private final ThreadPoolExecutor threads;

    HandlerPool(String name, int size) {
        // Discarding concerns only a closed pool: callbacks of calls that were cut off.
        this.threads = new ThreadPoolExecutor(size, size, IDLE.toSeconds(), TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), namedThreads(name), new ThreadPoolExecutor.DiscardPolicy());
        this.threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        this.threads.execute(task);
    }

    void close(Duration patience) {
        this.threads.shutdown();
        if (!endsWithin(patience)) {
            this.threads.shutdownNow();
            endsWithin(patience);
        }
    }

    private boolean endsWithin(Duration patience) {
        try {
            return this.threads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static ThreadFactory namedThreads(String pool) {
        ClassLoader application = Thread.currentThread().getContextClassLoader();
        AtomicInteger number = new AtomicInteger();
        return (task) -> {
            Thread thread = new Thread(task, "rpc-" + pool + "-" + number.incrementAndGet());
            thread.setContextClassLoader(application);
            thread.setDaemon(true);
            return thread;
        };
    }

}
