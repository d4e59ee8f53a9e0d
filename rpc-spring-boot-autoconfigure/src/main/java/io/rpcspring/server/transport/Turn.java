package io.rpcspring.server.transport;

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
     * Runs a task on this event loop when the turn has ended; at once on any other
     * thread, and for what {@link #runWithin} brings.
     */
    static void runNext(Runnable task) {
        if (within.get() == null) {
            NettyTransport.runNext(task);
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
