package io.rpcspring.server.transport;

import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.grpc.netty.shaded.io.netty.util.internal.ThreadExecutorMap;

/**
 * What a thread of the transport is at: it reads what its connections have brought, and
 * writes what is queued.
 */
final class Turn {

    /** Whether this thread brings events of calls that are made within the JVM. */
    private static final ThreadLocal<Boolean> within = new ThreadLocal<>();

    private Turn() {
    }

    /**
     * Runs a task on this event loop when the turn has ended, or at once on any other
     * thread.
     */
    static void runNext(Runnable task) {
        EventExecutor loop = ThreadExecutorMap.currentExecutor();
        if (loop != null && !loop.isShuttingDown() && within.get() == null) {
            loop.execute(task);
        }
        else {
            task.run();
        }
    }

    /**
     * Runs what brings events of a call that is made within the JVM: an event loop may
     * make one, and wait for its end before its own turn can end.
     */
    static void runWithin(Runnable events) {
        Boolean before = within.get();
        within.set(true);
        try {
            events.run();
        }
        finally {
            within.set(before);
        }
    }

}
