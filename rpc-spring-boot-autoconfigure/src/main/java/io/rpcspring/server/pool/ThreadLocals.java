package io.rpcspring.server.pool;

import org.jspecify.annotations.Nullable;

/**
 * What application code leaves on a thread, so that it can follow its call and no other.
 * <p>
 * A call's events and its handler run on many threads, one after the other, and a thread
 * runs many calls. So what is on a thread when a run of a call ends is taken off, and put
 * back where the call runs next. A thread is to be empty before something is put on it:
 * what a run of another call, or the thread's creator, left there is taken off first, and
 * put back afterwards if the thread is not the pool's own.
 * <p>
 * Each method concerns the thread that calls it, and may be called from all threads at
 * once. What {@link #take} and {@link #copy} answer belongs to the caller, never changes,
 * and may be handed to other threads; several may put it back at once. It holds on to
 * what the application left, so it must not outlive its call.
 * <p>
 * No method throws: what cannot be read, put or taken is left out, and a log line says so
 * once.
 */
public interface ThreadLocals {

    /**
     * Takes off this thread whatever is on it. That is nearly free when there is nothing:
     * it happens after each run of each call.
     * @return what {@link #put} puts back, or null if nothing was there
     */
    @Nullable Object take();

    /**
     * Takes off this thread whatever is on it, for good.
     */
    void clear();

    /**
     * Copies what is on this thread, which stays there.
     * @return what {@link #put} puts back, or null if nothing is there
     */
    @Nullable Object copy();

    /**
     * Puts back on this thread what was taken or copied, on this thread or another. Each
     * is undone by {@link #take} on the same thread.
     * @param taken what {@link #take} or {@link #copy} answered, maybe put back before
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
     * Lets a task run elsewhere with a copy of what is on this thread.
     * @param threadLocals copies and puts; null for nothing to carry
     * @param task the task
     * @return the task itself if there is nothing to carry
     */
    static Runnable carrying(@Nullable ThreadLocals threadLocals, Runnable task) {
        if (threadLocals == null) {
            return task;
        }
        Object here = threadLocals.copy();
        return () -> run(threadLocals, here, task);
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
