package io.rpcspring.server.handler;

import java.util.function.Supplier;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

import io.rpcspring.MessageOutbox;
import io.rpcspring.RpcContext;
import io.rpcspring.server.error.CallFailures;

/**
 * The sending half of one call: headers, messages, and one end.
 *
 * @param <R> the type of the responses
 */
final class Answer<R> {

    private final ServerCall<?, R> call;

    private final RpcContext context;

    private final CallFailures failures;

    /** Lets go of the handler's thread and of the requests. */
    private final Runnable beforeEnd;

    /** Where many responses go. */
    private final @Nullable MessageOutbox<R> outbox;

    /** Used by one thread at a time: the sender, or whoever closes. */
    private boolean headersSent;

    Answer(ServerCall<?, R> call, RpcContext context, CallFailures failures, Runnable beforeEnd) {
        this.call = call;
        this.context = context;
        this.failures = failures;
        this.beforeEnd = beforeEnd;
        boolean one = call.getMethodDescriptor().getType().serverSendsOneMessage();
        this.outbox = one ? null : new MessageOutbox<>(context.method(), call::isReady, this::send, () -> {
        });
    }

    @Nullable MessageOutbox<R> outbox() {
        return this.outbox;
    }

    private void send(R message) {
        sendHeadersOnce();
        this.call.sendMessage(message);
    }

    private void sendHeadersOnce() {
        if (!this.headersSent) {
            this.headersSent = true;
            this.call.sendHeaders(this.context.responseHeaders());
        }
    }

    /** Ends well, with the one response if there is just one. */
    void finish(@Nullable R message) {
        this.beforeEnd.run();
        end(() -> {
            if (message != null) {
                send(message);
            }
            sendHeadersOnce();
            this.call.close(Status.OK, this.context.responseTrailers());
        });
    }

    /** Ends with what the exception is mapped to. */
    void fail(Throwable thrown) {
        this.beforeEnd.run();
        if (this.context.isCancelled()) {
            end(() -> this.call.close(Status.CANCELLED, new Metadata()));
            return;
        }
        StatusException failure = this.failures.map(this.context.method(), thrown);
        Metadata trailers = this.context.responseTrailers();
        if (failure.getTrailers() != null) {
            trailers.merge(failure.getTrailers());
        }
        end(() -> this.call.close(failure.getStatus(), trailers));
    }

    private void end(Runnable last) {
        if (this.outbox != null) {
            this.outbox.end(over(), last);
        }
        else {
            last.run();
        }
    }

    Supplier<IllegalStateException> over() {
        return () -> new IllegalStateException(
                "The handler of " + this.context.method() + " has ended, and its stream with it");
    }

    <T> T required(@Nullable T value) {
        if (value == null) {
            throw new NullPointerException("The handler of " + this.context.method() + " returned null");
        }
        return value;
    }

}
