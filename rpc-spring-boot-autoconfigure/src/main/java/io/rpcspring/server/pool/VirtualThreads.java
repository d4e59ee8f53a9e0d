package io.rpcspring.server.pool;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A virtual thread for each call, as many at once as the limit allows.
 */
final class VirtualThreads implements PoolThreads {

    private final Queue<? extends Runnable> queue;

    private final RunLimit limit;

    private final ThreadFactory factory;

    private final ClassLoader application = Thread.currentThread().getContextClassLoader();

    private final AtomicInteger busy = new AtomicInteger();

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    VirtualThreads(String pool, Queue<? extends Runnable> queue, RunLimit limit) {
        this.queue = queue;
        this.limit = limit;
        this.factory = factory("rpc-" + pool + "-");
    }

    /** Whoever ends looks at the queue after it has made room. */
    @Override
    public void wake() {
        while (!this.closed && !this.queue.isEmpty() && takeRoom()) {
            Runnable next = this.queue.poll();
            if (next != null) {
                start(next);
            }
            else {
                this.busy.decrementAndGet();
            }
        }
    }

    private boolean takeRoom() {
        while (true) {
            int now = this.busy.get();
            if (now >= this.limit.now()) {
                return false;
            }
            if (this.busy.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    private void start(Runnable next) {
        Thread thread = this.factory.newThread(() -> run(next));
        thread.setContextClassLoader(this.application);
        this.threads.add(thread);
        thread.start();
    }

    private void run(Runnable call) {
        try {
            call.run();
        }
        finally {
            this.threads.remove(Thread.currentThread());
            this.busy.decrementAndGet();
            wake();
        }
    }

    @Override
    public void close(Duration patience) {
        this.closed = true;
        PoolThreads.end(this.threads, patience);
    }

    static boolean areSupported() {
        return Runtime.version().feature() >= 21;
    }

    /** Virtual threads are not in the API of Java 17, for which this is compiled. */
    private static ThreadFactory factory(String prefix) {
        try {
            Class<?> type = Class.forName("java.lang.Thread$Builder$OfVirtual");
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            type.getMethod("name", String.class, long.class).invoke(builder, prefix, 1L);
            type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
            return (ThreadFactory) type.getMethod("factory").invoke(builder);
        }
        catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
            throw new IllegalStateException("This JVM has no virtual threads", ex);
        }
    }

}
