package io.rpcspring.server.handler;

import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

import io.rpcspring.MessageOutbox;

/**
 * Answers with one response, which its handler returns.
 *
 * @param <R> the type of the responses
 */
final class OneResponse<R> extends Answer<R> {

    OneResponse(ServerCall<?, R> call, HandlerCall<?, R> handler) {
        super(call, handler);
    }

    @Override
    @Nullable MessageOutbox<R> outbox() {
        return null;
    }

    @Override
    void complete(@Nullable R message) {
        if (message != null) {
            send(message);
        }
        close();
    }

    @Override
    void endWith(Runnable last) {
        last.run();
    }

}
