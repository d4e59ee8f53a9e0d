package io.rpcspring;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Turns the sending half of a gRPC call into a blocking {@link MessageSender}.
 * <p>
 * Applications get it as a {@code MessageSender}; the other methods are for the transport
 * side: {@link #ready} and {@link #end} may be called by any thread and never wait for
 * the peer.
 *
 * @param <T> the type of the messages
 */
public final class MessageOutbox<T> implements MessageSender<T> {

    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String method;

    private final SingleThread sender;

    private final BooleanSupplier callReady;

    private final Consumer<T> call;

    private final Function<Status, ? extends RuntimeException> interrupted;

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition change = this.lock.newCondition();

    /** Why nothing can be sent any more. Written once, guarded by the lock. */
    private volatile @Nullable Supplier<? extends RuntimeException> end;

    /**
     * Creates an outbox over a started call.
     * @param method the full name of the method, for messages
     * @param callReady whether the call has room for a message
     * @param call sends a message; called by one thread at a time
     * @param interrupted makes what a waiting sender gets that is interrupted
     */
    public MessageOutbox(String method, BooleanSupplier callReady, Consumer<T> call,
            Function<Status, ? extends RuntimeException> interrupted) {
        this.method = method;
        this.sender = new SingleThread("send", method);
        this.callReady = callReady;
        this.call = call;
        this.interrupted = interrupted;
    }

    @Override
    public void send(T message) {
        enter(message);
        try {
            if (!isReady()) {
                awaitReady();
            }
            pass(message);
        }
        finally {
            this.sender.leave();
        }
    }

    @Override
    public boolean trySend(T message) {
        enter(message);
        try {
            throwIfEnded();
            if (!this.callReady.getAsBoolean()) {
                return false;
            }
            pass(message);
            return true;
        }
        finally {
            this.sender.leave();
        }
    }

    @Override
    public boolean isReady() {
        return !hasEnded() && this.callReady.getAsBoolean();
    }

    /** Whether nothing can be sent any more. */
    boolean hasEnded() {
        return this.end != null;
    }

    /** What a call says that was ended at this moment is less than why it was. */
    private void pass(T message) {
        try {
            this.call.accept(message);
        }
        catch (IllegalStateException ex) {
            throwIfEnded();
            throw ex;
        }
    }

    /** Whoever ends the direction holds it for a moment, and is no second sender. */
    private void enter(T message) {
        if (message == null) {
            throw new NullPointerException("null was sent on a stream of " + this.method);
        }
        if (!this.sender.tryEnter()) {
            throwIfEnded();
            this.sender.enter();
        }
    }

    private void awaitReady() {
        try {
            awaitChangeToReady();
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throwIfEnded();
            throw this.interrupted.apply(Status.CANCELLED.withDescription("Interrupted while sending").withCause(ex));
        }
    }

    private void awaitChangeToReady() throws InterruptedException {
        this.lock.lock();
        try {
            throwIfEnded();
            while (!this.callReady.getAsBoolean()) {
                this.change.await();
                throwIfEnded();
            }
        }
        finally {
            this.lock.unlock();
        }
    }

    private void throwIfEnded() {
        Supplier<? extends RuntimeException> reason = this.end;
        if (reason != null) {
            throw reason.get();
        }
    }

    /** Tells that the call may have room again. */
    public void ready() {
        this.lock.lock();
        try {
            this.change.signalAll();
        }
        finally {
            this.lock.unlock();
        }
    }

    /**
     * Ends the direction: a waiting sender and all later ones get the reason. The first
     * reason stays.
     * @param reason makes the exception for each of them
     */
    public void end(Supplier<? extends RuntimeException> reason) {
        this.lock.lock();
        try {
            if (this.end == null) {
                this.end = reason;
                this.change.signalAll();
            }
        }
        finally {
            this.lock.unlock();
        }
    }

    /**
     * Ends the direction and then uses the call, when no thread is sending any more.
     * @param reason makes the exception for later senders
     * @param last the last use of the call, such as closing it
     */
    public void end(Supplier<? extends RuntimeException> reason, Runnable last) {
        end(reason);
        runAlone(last, Long.MAX_VALUE);
    }

    /**
     * Ends the direction and then cancels the call, when no thread is sending any more or
     * when one is stuck there: what comes behind the cancel of a call whose channel is
     * about to know its servers keeps the end of the call back for ever
     * (<a href="https://github.com/grpc/grpc-java/pull/12737">grpc-java 12737</a>).
     * @param reason makes the exception for later senders
     * @param cancel cancels the call
     */
    void cut(Supplier<? extends RuntimeException> reason, Runnable cancel) {
        end(reason);
        runAlone(cancel, STUCK_NANOS);
    }

    private void runAlone(Runnable last, long patience) {
        boolean taken = !this.sender.isCurrent() && takeOver(patience);
        try {
            last.run();
        }
        finally {
            if (taken) {
                this.sender.leave();
            }
        }
    }

    /** A sender that has not seen the end is between two instructions, not waiting. */
    private boolean takeOver(long patience) {
        long start = System.nanoTime();
        while (!this.sender.tryEnter()) {
            if (System.nanoTime() - start > patience) {
                return false;
            }
            LockSupport.parkNanos(1_000);
        }
        return true;
    }

}
