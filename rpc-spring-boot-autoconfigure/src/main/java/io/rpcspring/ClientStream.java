package io.rpcspring;

import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * The one kind of {@link RpcStream}: an inbox and an outbox over a client call.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class ClientStream<Q, R> implements RpcStream<Q, R> {

    private static final int AHEAD = 16;

    private final MethodDescriptor<Q, R> method;

    private final ClientCall<Q, R> call;

    private final MessageOutbox<Q> outbox;

    private final MessageInbox<R> inbox;

    private final AtomicBoolean onlySent = new AtomicBoolean();

    private final AtomicBoolean halfClosed = new AtomicBoolean();

    private final ClientOutcome outcome;

    private volatile boolean cancelled;

    private ClientStream(MethodDescriptor<Q, R> method, ClientCall<Q, R> call) {
        String name = method.getFullMethodName();
        this.method = method;
        this.call = call;
        this.outcome = new ClientOutcome(name);
        // grpc-java never tells that a call with one request is ready: it has no need to.
        boolean oneRequest = method.getType().clientSendsOneMessage();
        this.outbox = new MessageOutbox<>(name, () -> oneRequest || call.isReady(),
                oneRequest ? this::sendOnly : call::sendMessage, this::interrupted);
        this.inbox = new MessageInbox<>(name, AHEAD, call::request, this::interrupted);
    }

    static <Q, R> RpcStream<Q, R> start(Channel channel, MethodDescriptor<Q, R> method, CallOptions options) {
        ClientCall<Q, R> call = channel.newCall(method, options.withExecutor(Runnable::run));
        ClientStream<Q, R> stream = new ClientStream<>(method, call);
        call.start(new ClientEvents<>(stream.outbox, stream.inbox, stream.outcome), new Metadata());
        call.request(AHEAD);
        return stream;
    }

    @Override
    public void send(Q message) {
        this.outbox.send(message);
    }

    private void sendOnly(Q message) {
        if (!this.onlySent.compareAndSet(false, true)) {
            throw new IllegalStateException(this.method.getFullMethodName() + " takes one request, and has it");
        }
        this.call.sendMessage(message);
    }

    @Override
    public boolean trySend(Q message) {
        return this.outbox.trySend(message);
    }

    @Override
    public boolean isReady() {
        return this.outbox.isReady();
    }

    @Override
    public void halfClose() {
        if (this.halfClosed.compareAndSet(false, true)) {
            this.outbox.end(
                    () -> new IllegalStateException(
                            this.method.getFullMethodName() + " is half-closed: nothing can be sent any more"),
                    this::halfCloseCall);
        }
    }

    /** grpc-java throws if another thread has cancelled the call meanwhile. */
    private void halfCloseCall() {
        try {
            this.call.halfClose();
        }
        catch (IllegalStateException ex) {
            if (!this.cancelled) {
                throw ex;
            }
        }
    }

    @Override
    public boolean hasNext() {
        return this.inbox.hasNext();
    }

    @Override
    public R next() {
        return this.inbox.next();
    }

    @Override
    public R finish() {
        if (!this.method.getType().serverSendsOneMessage()) {
            throw new IllegalStateException(
                    this.method.getFullMethodName() + " has many responses: receive them instead of finishing");
        }
        halfClose();
        if (!hasNext()) {
            throw failure(Status.INTERNAL.withDescription("The server ended the call without a response"));
        }
        R response = next();
        if (hasNext()) {
            close();
            throw failure(Status.INTERNAL.withDescription("The server sent more than one response"));
        }
        return response;
    }

    @Override
    public Metadata headers() {
        try {
            return this.outcome.awaitHeaders();
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            interrupted();
            throw Status.CANCELLED.withDescription("Interrupted while waiting for headers")
                .withCause(ex)
                .asRuntimeException();
        }
    }

    @Override
    public Metadata trailers() {
        return this.outcome.trailers();
    }

    @Override
    public Status status() {
        return this.outcome.status();
    }

    @Override
    public void close() {
        cancel("The stream was closed before its end");
    }

    private void interrupted() {
        cancel("The thread that used the stream was interrupted");
    }

    private void cancel(String why) {
        if (!this.outcome.hasEnded()) {
            this.cancelled = true;
            this.outbox.end(() -> failure(Status.CANCELLED.withDescription(why)));
            this.call.cancel(why, null);
        }
    }

    private StatusRuntimeException failure(Status status) {
        return RpcCallException.mark(status, toString()).asRuntimeException();
    }

    @Override
    public String toString() {
        return "stream of " + this.method.getFullMethodName();
    }

}
