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
 *
 * @param <T> what is in the queue
 */
final class VirtualThreads<T extends Runnable> implements PoolThreads {

    private final Queue<T> queue;

    private final RunLimit limit;

    private final ThreadShortage shortage;

    private final ThreadFactory factory;

    private final ClassLoader application = Thread.currentThread().getContextClassLoader();

    private final AtomicInteger busy = new AtomicInteger();

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    VirtualThreads(String pool, Queue<T> queue, RunLimit limit, ThreadShortage shortage) {
        this(queue, limit, shortage, factory("rpc-" + pool + "-"));
    }

    VirtualThreads(Queue<T> queue, RunLimit limit, ThreadShortage shortage, ThreadFactory factory) {
        this.queue = queue;
        this.limit = limit;
        this.shortage = shortage;
        this.factory = factory;
    }

    /**
     * Whoever ends looks at the queue after it has made room. Each turn takes a call from
     * the queue, or somebody else did.
     */
    @Override
    public void wake() {
        boolean goesOn = true;
        while (goesOn && !this.closed && !this.queue.isEmpty() && takeRoom()) {
            T next = this.queue.poll();
            if (next != null) {
                goesOn = starts(next);
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

    private boolean starts(T next) {
        Thread thread = this.factory.newThread(() -> run(next));
        thread.setContextClassLoader(this.application);
        this.threads.add(thread);
        try {
            thread.start();
            return true;
        }
        catch (Throwable ex) {
            this.threads.remove(thread);
            // It loses its turn, which is all that can be done for it.
            this.queue.add(next);
            this.shortage.report(this.busy.decrementAndGet(), ex);
            return false;
        }
    }

    private void run(T call) {
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
