package io.rpcspring;

/**
 * Sends the messages of one direction of a stream.
 * <p>
 * <b>Threads.</b> One thread at a time sends; another may receive on the same stream
 * meanwhile. A second sender is refused with an {@link IllegalStateException} that names
 * both threads, and the stream stays intact. Handing the sender over from one thread to
 * another is fine, as long as the hand-over happens before the next call.
 * <p>
 * <b>Flow control.</b> {@link #send} waits while the peer is slower than the sender, so
 * that no more than about 32 KiB wait in memory beside the message in hand. Never call it
 * on a thread of the transport, such as a {@code StreamObserver} callback.
 * <p>
 * <b>The end.</b> When the call has been cancelled, its deadline has passed or its
 * connection is lost, every method but {@link #isReady} throws a
 * {@link io.grpc.StatusRuntimeException} with that status, and a blocked {@link #send}
 * wakes up at once with it. Interrupting a blocked thread ends its {@link #send} with
 * {@code CANCELLED}; its interrupt status stays set. On a server the call ends when its
 * handler returns or throws; on a client the direction ends with
 * {@link RpcStream#halfClose}, or by itself after the one request that the method takes.
 * Sending after that is an {@link IllegalStateException} that names the method, and
 * disturbs nothing.
 *
 * @param <T> the type of the messages
 */
public interface MessageSender<T> {

    /**
     * Sends a message, waiting until the peer has room for it.
     * @param message the message, not to be changed afterwards
     * @throws io.grpc.StatusRuntimeException if the call has failed or is cancelled
     * @throws IllegalStateException if another thread is sending, or this direction has
     * ended
     */
    void send(T message);

    /**
     * Sends a message if the peer has room for it now.
     * @param message the message, not to be changed afterwards if it was sent
     * @return whether it was sent
     * @throws io.grpc.StatusRuntimeException if the call has failed or is cancelled
     * @throws IllegalStateException if another thread is sending, or this direction has
     * ended
     */
    boolean trySend(T message);

    /**
     * Whether {@link #send} would not wait now. Any thread may ask.
     * @return {@code false} also after the end
     */
    boolean isReady();

}
