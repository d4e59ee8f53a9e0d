package io.rpcspring;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Brings the events of a client's call to the two ends of its stream.
 * <p>
 * They come on the transport's thread, where they enqueue or signal and nothing else.
 *
 * @param <R> the type of the responses
 */
final class ClientEvents<R> extends ClientCall.Listener<R> {

    private final MessageOutbox<?> outbox;

    private final MessageInbox<R> inbox;

    private final ClientOutcome outcome;

    ClientEvents(MessageOutbox<?> outbox, MessageInbox<R> inbox, ClientOutcome outcome) {
        this.outbox = outbox;
        this.inbox = inbox;
        this.outcome = outcome;
    }

    @Override
    public void onHeaders(Metadata received) {
        this.outcome.headersCame(received);
    }

    @Override
    public void onMessage(R message) {
        this.outcome.responseCame();
        this.inbox.add(message);
    }

    @Override
    public void onReady() {
        this.outbox.ready();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        this.outcome.ended(status, trailers);
        if (status.isOk()) {
            this.outbox.end(() -> RpcCallException.of(RpcErrorReason.ENDED_EARLY,
                    Status.CANCELLED.withDescription("The server ended the call before it took all messages"),
                    "A stream"));
            this.inbox.end();
        }
        else {
            this.outbox.end(this.outcome::failure);
            this.inbox.fail(this.outcome::failure, false);
        }
    }

}
