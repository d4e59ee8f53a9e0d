package io.rpcspring;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Keeps what has come on a stream, and its end, until the receiver takes it.
 * <p>
 * It is a lock, instead of having one, to be one object less a stream.
 *
 * @param <T> the type of the messages
 */
final class ReceivedMessages<T> extends ReentrantLock {

    private final Condition change = newCondition();

    /** Guarded by the lock. */
    private final Queue<T> messages = new ArrayDeque<>();

    /** Whether nothing more will come. Guarded by the lock. */
    private boolean ended;

    /** Why, if it was no ordinary end. Guarded by the lock. */
    private @Nullable Supplier<? extends RuntimeException> failure;

    void add(T message) {
        lock();
        try {
            if (!this.ended) {
                this.messages.add(message);
                this.change.signal();
            }
        }
        finally {
            unlock();
        }
    }

    /** The first failure stays; dropping what has come also fails what has ended. */
    void end(@Nullable Supplier<? extends RuntimeException> reason, boolean drop) {
        lock();
        try {
            if (!this.ended || (drop && this.failure == null)) {
                this.failure = reason;
            }
            this.ended = true;
            if (drop) {
                this.messages.clear();
            }
            this.change.signalAll();
        }
        finally {
            unlock();
        }
    }

    /**
     * Waits for the next message.
     * @param take whether it leaves, or is the next one again
     * @return null at the end
     */
    @Nullable T await(boolean take) throws InterruptedException {
        lock();
        try {
            while (this.messages.isEmpty() && !this.ended) {
                this.change.await();
            }
            T message = take ? this.messages.poll() : this.messages.peek();
            if (message == null) {
                throwIfFailed();
            }
            return message;
        }
        finally {
            unlock();
        }
    }

    /** What has come is delivered before a failure. */
    void throwIfFailed() {
        lock();
        try {
            Supplier<? extends RuntimeException> reason = this.failure;
            if (this.messages.isEmpty() && reason != null) {
                throw reason.get();
            }
        }
        finally {
            unlock();
        }
    }

}
