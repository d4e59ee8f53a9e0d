package io.rpcspring;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import io.grpc.Status;

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

    private final SendingRoom room;

    private final Consumer<T> call;

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
        this.room = new SendingRoom(callReady, interrupted);
        this.call = call;
    }

    @Override
    public void send(T message) {
        enter(message);
        try {
            if (!isReady()) {
                this.room.await();
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
            this.room.throwIfEnded();
            if (!this.room.isInCall()) {
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
        return this.room.isThere();
    }

    /** Whether nothing can be sent any more. */
    boolean hasEnded() {
        return this.room.hasEnded();
    }

    /** What a call says that was ended at this moment is less than why it was. */
    private void pass(T message) {
        try {
            this.call.accept(message);
        }
        catch (IllegalStateException ex) {
            this.room.throwIfEnded();
            throw ex;
        }
    }

    /** Whoever ends the direction holds it for a moment, and is no second sender. */
    private void enter(T message) {
        if (message == null) {
            throw new NullPointerException("null was sent on a stream of " + this.method);
        }
        if (!this.sender.tryEnter()) {
            this.room.throwIfEnded();
            this.sender.enter();
        }
    }

    /** Tells that the call may have room again. */
    public void ready() {
        this.room.mayBeThere();
    }

    /**
     * Ends the direction: a waiting sender and all later ones get the reason. The first
     * reason stays.
     * @param reason makes the exception for each of them
     */
    public void end(Supplier<? extends RuntimeException> reason) {
        this.room.end(reason);
    }

    /**
     * Ends the direction and then uses the call, when no thread is sending any more.
     * @param reason makes the exception for later senders
     * @param last the last use of the call, such as closing it
     */
    public void end(Supplier<? extends RuntimeException> reason, Runnable last) {
        end(reason);
        this.sender.runAlone(last, Long.MAX_VALUE);
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
        this.sender.runAlone(cancel, STUCK_NANOS);
    }

}
