package io.rpcspring.server.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;

/**
 * Threads of the operating system that take calls from a queue.
 * <p>
 * Threads are made on demand and the one that was idle last is used first, so that there
 * are no more than the load needs; after a minute without work they are let go. Only one
 * is on its way at a time: as soon as it runs it sends the next if there is more to do.
 * So a burst of short calls is run by few threads, without a wake-up for each.
 */
final class PlatformThreads implements PoolThreads {

    private final Queue<? extends Runnable> queue;

    private final Crew crew;

    private final ThreadFactory factory;

    private final ThreadShortage shortage;

    PlatformThreads(String pool, Queue<? extends Runnable> queue, RunLimit limit, ThreadShortage shortage) {
        this(pool, queue, limit, shortage, factory(), Duration.ofMinutes(1));
    }

    PlatformThreads(String pool, Queue<? extends Runnable> queue, RunLimit limit, ThreadShortage shortage,
            ThreadFactory factory, Duration patience) {
        this.queue = queue;
        this.crew = new Crew("rpc-" + pool + "-", queue, limit, patience);
        this.shortage = shortage;
        this.factory = factory;
    }

    private static ThreadFactory factory() {
        ClassLoader application = Thread.currentThread().getContextClassLoader();
        return (worker) -> {
            Thread thread = new Thread(null, worker, "", 0, false);
            thread.setContextClassLoader(application);
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void wake() {
        if (this.queue.isEmpty()) {
            return;
        }
        Worker next = this.crew.send(this);
        if (next != null) {
            go(next);
        }
    }

    /**
     * Not under the crew's lock: a thread that is woken may at once take the processor
     * from its waker, and would then wait for the lock when it becomes idle.
     */
    private void go(Worker worker) {
        if (worker.isNew() && this.shortage.lasts()) {
            this.crew.dismiss(worker);
            this.shortage.postpone();
            return;
        }
        try {
            worker.go(this.factory);
        }
        catch (Throwable ex) {
            this.shortage.report(this.crew.dismiss(worker), ex);
        }
    }

    @Override
    public void close(Duration patience) {
        List<Thread> threads = new ArrayList<>();
        this.crew.close().forEach((worker) -> worker.thread().ifPresent(threads::add));
        PoolThreads.end(threads, patience);
    }

}
