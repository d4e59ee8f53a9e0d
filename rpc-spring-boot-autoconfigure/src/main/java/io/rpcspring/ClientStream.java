package io.rpcspring;

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

    private final ClientRequests<Q> requests;

    private final MessageInbox<R> inbox;

    private final ClientOutcome outcome;

    private ClientStream(MethodDescriptor<Q, R> method, ClientCall<Q, R> call) {
        String name = method.getFullMethodName();
        this.method = method;
        this.outcome = new ClientOutcome(name);
        this.requests = new ClientRequests<>(method, call, this::interrupted);
        this.inbox = new MessageInbox<>(name, AHEAD, call::request, this::interrupted);
    }

    static <Q, R> RpcStream<Q, R> start(Channel channel, MethodDescriptor<Q, R> method, CallOptions options) {
        ClientCall<Q, R> call = channel.newCall(method, options.withExecutor(Runnable::run));
        ClientStream<Q, R> stream = new ClientStream<>(method, call);
        call.start(new ClientEvents<>(stream.requests.outbox(), stream.inbox, stream.outcome), new Metadata());
        call.request(AHEAD);
        return stream;
    }

    @Override
    public void send(Q message) {
        this.requests.beforeSending();
        this.requests.outbox().send(message);
    }

    @Override
    public boolean trySend(Q message) {
        this.requests.beforeSending();
        return this.requests.outbox().trySend(message);
    }

    @Override
    public boolean isReady() {
        return this.requests.outbox().isReady();
    }

    @Override
    public void halfClose() {
        this.requests.halfClose();
    }

    @Override
    public boolean hasNext() {
        beforeWaiting();
        return this.inbox.hasNext();
    }

    @Override
    public R next() {
        beforeWaiting();
        return this.inbox.next();
    }

    private void beforeWaiting() {
        if (!this.outcome.hasResponse()) {
            this.requests.beforeWaiting();
        }
    }

    @Override
    public R finish() {
        if (!this.method.getType().serverSendsOneMessage()) {
            throw new IllegalStateException(
                    this.method.getFullMethodName() + " has many responses: receive them instead of finishing");
        }
        halfClose();
        if (!hasNext()) {
            throw failure(RpcErrorReason.WRONG_RESPONSE_COUNT,
                    Status.INTERNAL.withDescription("The server ended the call without a response"));
        }
        R response = next();
        if (hasNext()) {
            close();
            throw failure(RpcErrorReason.WRONG_RESPONSE_COUNT,
                    Status.INTERNAL.withDescription("The server sent more than one response"));
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
            throw interrupted(Status.CANCELLED.withDescription("Interrupted while waiting for headers").withCause(ex));
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
        cancel(RpcErrorReason.STREAM_CLOSED, "The stream was closed before its end");
    }

    private StatusRuntimeException interrupted(Status status) {
        cancel(RpcErrorReason.INTERRUPTED, "The thread that used the stream was interrupted");
        return RpcErrorReason.INTERRUPTED.exception(status);
    }

    private void cancel(RpcErrorReason reason, String why) {
        if (!this.outcome.hasEnded()) {
            this.outcome.cancelled(reason);
            this.requests.cancel(why, () -> failure(reason, Status.CANCELLED.withDescription(why)));
        }
    }

    private StatusRuntimeException failure(RpcErrorReason reason, Status status) {
        return RpcCallException.of(reason, status, toString());
    }

    @Override
    public String toString() {
        return "stream of " + this.method.getFullMethodName();
    }

}
