package io.rpcspring;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.AbstractStub;

/**
 * A client's streaming call: it sends, it receives, and closing it early cancels it.
 * <p>
 * One thread may send while another receives. The call starts when it is opened. Where
 * the method takes one request, {@link #send} is enough: it half-closes by itself. Where
 * one response answers many requests, it comes after {@link #halfClose}, or with
 * {@link #finish}: the thread that sent last gets an {@link IllegalStateException} if it
 * receives before, while another one may wait for an answer that comes early. What came
 * before a failure is received before the failure is thrown. Interrupting a thread that
 * waits in {@link #send}, {@link #next}, {@link #hasNext}, {@link #headers} or
 * {@link #finish} cancels the call. However the call ends, client interceptors see its
 * end.
 * <p>
 * If the server ends the call well before it has taken all messages, {@link #send} throws
 * {@code CANCELLED}, while what the server sent can still be received.
 *
 * <pre class="code">
 * try (RpcStream&lt;Note, Note&gt; notes = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
 *     notes.send(note);
 *     notes.halfClose();
 *     for (Note back : notes) { ... }
 * }
 * </pre>
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
public interface RpcStream<Q, R> extends MessageSender<Q>, MessageReceiver<R>, AutoCloseable {

    /**
     * Opens a call without options.
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     * @param channel the channel to call on
     * @param method a generated method descriptor
     * @return the started call, to be closed
     */
    static <Q, R> RpcStream<Q, R> open(Channel channel, MethodDescriptor<Q, R> method) {
        return open(channel, method, CallOptions.DEFAULT);
    }

    /**
     * Opens a call on the channel and with the options of a stub, such as its deadline,
     * credentials and interceptors.
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     * @param stub the stub
     * @param method a generated method descriptor
     * @return the started call, to be closed
     */
    static <Q, R> RpcStream<Q, R> open(AbstractStub<?> stub, MethodDescriptor<Q, R> method) {
        return open(stub.getChannel(), method, stub.getCallOptions());
    }

    /**
     * Opens a call.
     * @param <Q> the type of the requests
     * @param <R> the type of the responses
     * @param channel the channel to call on
     * @param method a generated method descriptor
     * @param options the call's options; its executor is not used
     * @return the started call, to be closed
     */
    static <Q, R> RpcStream<Q, R> open(Channel channel, MethodDescriptor<Q, R> method, CallOptions options) {
        return ClientStream.start(channel, method, options);
    }

    /**
     * Tells the server that no more messages come. Only the sending thread calls it; more
     * than once is fine, and so is a call after the one request of a method.
     */
    void halfClose();

    /**
     * Half-closes, and waits for the one response and the end of the call.
     * @return the response
     * @throws io.grpc.StatusRuntimeException if the call fails
     * @throws IllegalStateException if the method has many responses
     */
    R finish();

    /**
     * The response headers, waiting for them.
     * @return empty metadata if the server ended the call well without headers
     * @throws io.grpc.StatusRuntimeException if the call failed before they came
     */
    Metadata headers();

    /**
     * The trailers, which come with the end of the call.
     * @return the metadata that came with the status
     * @throws IllegalStateException if the call has not ended
     */
    Metadata trailers();

    /**
     * How the call ended.
     * @return the status
     * @throws IllegalStateException if the call has not ended: {@link #hasNext} must have
     * been {@code false} or thrown
     */
    Status status();

    /**
     * Cancels the call, unless it has ended. Any thread may close, and more than once.
     */
    @Override
    void close();

}
