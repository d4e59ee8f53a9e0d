package io.rpcspring;

import java.util.Iterator;

/**
 * Receives the messages of one direction of a stream, in the order they were sent.
 * <p>
 * <b>Threads.</b> One thread at a time receives; another may send on the same stream
 * meanwhile. A second receiver is refused with an {@link IllegalStateException} that
 * names both threads, and the stream stays intact. Handing the receiver over from one
 * thread to another is fine.
 * <p>
 * <b>Flow control.</b> A stated number of messages is requested ahead of the receiver; a
 * faster peer has to wait. Never call it on a thread of the transport.
 * <p>
 * <b>The end.</b> When the peer has half-closed, {@link #hasNext} is {@code false} and
 * {@link #next} throws {@link java.util.NoSuchElementException}. When the call has
 * failed, both throw a {@link io.grpc.StatusRuntimeException} with its status; a client
 * gets the messages that came before the failure first. When it was cancelled, its
 * deadline has passed or the connection is lost, a blocked thread wakes up at once.
 * Interrupting a blocked thread ends its call with {@code CANCELLED}; its interrupt
 * status stays set. On a server the receiver is of no use after the handler has returned:
 * it throws an {@link IllegalStateException} that names the method.
 * <p>
 * It can be iterated once: its iterator is the receiver itself.
 *
 * @param <T> the type of the messages
 */
public interface MessageReceiver<T> extends Iterable<T> {

    /**
     * Waits for the next message or the end.
     * @return whether there is a message
     * @throws io.grpc.StatusRuntimeException if the call has failed or is cancelled
     * @throws IllegalStateException if another thread is receiving
     */
    boolean hasNext();

    /**
     * Takes the next message, waiting for it.
     * @return the message
     * @throws java.util.NoSuchElementException if there is none left
     * @throws io.grpc.StatusRuntimeException if the call has failed or is cancelled
     * @throws IllegalStateException if another thread is receiving
     */
    T next();

    /**
     * An iterator over what has not been received yet.
     * @return a view of this receiver, not a copy
     */
    @Override
    default Iterator<T> iterator() {
        return new Iterator<>() {

            @Override
            public boolean hasNext() {
                return MessageReceiver.this.hasNext();
            }

            @Override
            public T next() {
                return MessageReceiver.this.next();
            }

        };
    }

}
