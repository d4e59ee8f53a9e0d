package io.rpcspring.server.pool;

import org.jspecify.annotations.Nullable;

/**
 * What application code leaves on a thread, so that it can follow its call and no other.
 */
public interface ThreadLocals {

    /** Takes off this thread whatever is on it; null if nothing is. */
    @Nullable Object take();

    /** A copy of what is on this thread, which stays there; null if nothing is. */
    @Nullable Object copy();

    /**
     * Puts back on this thread what take or copy answered.
     * @param taken may be put back several times, on several threads
     */
    void put(Object taken);

    /**
     * Leaves on this thread what is given, and nothing else.
     * @param threadLocals takes and puts
     * @param next what was taken, or null for nothing
     * @return what was there before
     */
    static @Nullable Object swap(ThreadLocals threadLocals, @Nullable Object next) {
        Object before = threadLocals.take();
        if (next != null) {
            threadLocals.put(next);
        }
        return before;
    }

    /**
     * Runs a task with what was taken elsewhere, and with nothing else.
     * @param threadLocals takes and puts
     * @param carried what was taken or copied, or null for nothing
     * @param task the task
     * @return what the task has left on the thread, which has again what it had before
     */
    static @Nullable Object run(ThreadLocals threadLocals, @Nullable Object carried, Runnable task) {
        Object before = swap(threadLocals, carried);
        Object left;
        try {
            task.run();
        }
        finally {
            left = swap(threadLocals, before);
        }
        return left;
    }

}
