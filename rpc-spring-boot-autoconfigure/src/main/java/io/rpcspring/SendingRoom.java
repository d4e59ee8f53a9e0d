package io.rpcspring;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Lets a sender wait until its call has room for a message, or has ended.
 * <p>
 * It is a lock, instead of having one, to be one object less a stream.
 */
final class SendingRoom extends ReentrantLock {

    private final BooleanSupplier callReady;

    private final Function<Status, ? extends RuntimeException> interrupted;

    private final Condition change = newCondition();

    /** Why nothing can be sent any more. Written once, guarded by the lock. */
    private volatile @Nullable Supplier<? extends RuntimeException> end;

    /**
     * The room of a call that has not ended.
     * @param callReady whether the call has room for a message
     * @param interrupted makes what a waiting sender gets that is interrupted
     */
    SendingRoom(BooleanSupplier callReady, Function<Status, ? extends RuntimeException> interrupted) {
        this.callReady = callReady;
        this.interrupted = interrupted;
    }

    boolean isThere() {
        return !hasEnded() && isInCall();
    }

    /** Whether there is, or would be if nothing had ended. */
    boolean isInCall() {
        return this.callReady.getAsBoolean();
    }

    /** Whether nothing can be sent any more. */
    boolean hasEnded() {
        return this.end != null;
    }

    void throwIfEnded() {
        Supplier<? extends RuntimeException> reason = this.end;
        if (reason != null) {
            throw reason.get();
        }
    }

    /** Waits for room, or throws the reason of the end. */
    void await() {
        try {
            awaitChange();
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throwIfEnded();
            throw this.interrupted.apply(Status.CANCELLED.withDescription("Interrupted while sending").withCause(ex));
        }
    }

    private void awaitChange() throws InterruptedException {
        lock();
        try {
            throwIfEnded();
            while (!isInCall()) {
                this.change.await();
                throwIfEnded();
            }
        }
        finally {
            unlock();
        }
    }

    void mayBeThere() {
        lock();
        try {
            this.change.signalAll();
        }
        finally {
            unlock();
        }
    }

    /** Ends the waiting. The first reason stays. */
    void end(Supplier<? extends RuntimeException> reason) {
        lock();
        try {
            if (this.end == null) {
                this.end = reason;
                this.change.signalAll();
            }
        }
        finally {
            unlock();
        }
    }

}
