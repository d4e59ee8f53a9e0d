package io.rpcspring.server.handler;

import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.MessageOutbox;

/**
 * Answers with many responses, which its handler sends one after the other.
 *
 * @param <R> the type of the responses
 */
final class ManyResponses<R> extends Answer<R> {

    private final MessageOutbox<R> outbox;

    ManyResponses(ServerCall<?, R> call, HandlerCall<?, R> handler) {
        super(call, handler);
        this.outbox = new MessageOutbox<>(handler.context().method(), call::isReady, this::send,
                Status::asRuntimeException);
    }

    @Override
    MessageOutbox<R> outbox() {
        return this.outbox;
    }

    @Override
    void complete(@Nullable R message) {
        endWith(this::close);
    }

    @Override
    void endWith(Runnable last) {
        this.outbox.end(ended(), last);
    }

}
