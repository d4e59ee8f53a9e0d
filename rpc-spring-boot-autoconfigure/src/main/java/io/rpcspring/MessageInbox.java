package io.rpcspring;

import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Turns the receiving half of a gRPC call into a blocking {@link MessageReceiver}.
 * <p>
 * Applications get it as a {@code MessageReceiver}; the other methods are for the
 * transport side: {@link #add}, {@link #end} and {@link #fail} may be called by any
 * thread and never wait for the receiver. The memory is bounded by what is requested: as
 * many messages as the call was asked for at first.
 *
 * @param <T> the type of the messages
 */
public final class MessageInbox<T> implements MessageReceiver<T> {

    private final SingleThread receiver;

    private final IntConsumer request;

    private final Function<Status, ? extends RuntimeException> interrupted;

    private final int batch;

    private final ReceivedMessages<T> received = new ReceivedMessages<>();

    /** Taken and not requested again yet. Guarded by the receiver. */
    private int taken;

    /**
     * Creates an inbox over a call that is asked for {@code ahead} messages at first.
     * @param method the full name of the method, for messages
     * @param ahead how many messages are requested ahead of the receiver, at least 1
     * @param request asks the call for more messages
     * @param interrupted makes what a waiting receiver gets that is interrupted
     */
    public MessageInbox(String method, int ahead, IntConsumer request,
            Function<Status, ? extends RuntimeException> interrupted) {
        this.receiver = new SingleThread("receive", method);
        this.batch = (ahead + 1) / 2;
        this.request = request;
        this.interrupted = interrupted;
    }

    @Override
    public boolean hasNext() {
        this.receiver.enter();
        try {
            return awaitMessage(false) != null;
        }
        finally {
            this.receiver.leave();
        }
    }

    @Override
    public T next() {
        this.receiver.enter();
        try {
            T message = awaitMessage(true);
            if (message == null) {
                throw new NoSuchElementException("The stream has ended");
            }
            requestMore();
            return message;
        }
        finally {
            this.receiver.leave();
        }
    }

    /** Half of what is requested ahead at once: fewer window updates, no gap. */
    private void requestMore() {
        this.taken++;
        if (this.taken >= this.batch) {
            this.request.accept(this.taken);
            this.taken = 0;
        }
    }

    /** The next message, or {@code null} at the end. */
    private @Nullable T awaitMessage(boolean take) {
        try {
            return this.received.await(take);
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            this.received.throwIfFailed();
            throw this.interrupted.apply(Status.CANCELLED.withDescription("Interrupted while receiving").withCause(ex));
        }
    }

    /**
     * Adds a message for the receiver.
     * @param message the message that came
     */
    public void add(T message) {
        this.received.add(message);
    }

    /** Ends the direction: the receiver gets what has come, and then the end. */
    public void end() {
        this.received.end(null, false);
    }

    /**
     * Fails the direction. The first failure stays; dropping also fails what has ended.
     * @param reason makes the exception for the receiver
     * @param drop whether what has come is dropped, or is delivered first
     */
    public void fail(Supplier<? extends RuntimeException> reason, boolean drop) {
        this.received.end(reason, drop);
    }

}
