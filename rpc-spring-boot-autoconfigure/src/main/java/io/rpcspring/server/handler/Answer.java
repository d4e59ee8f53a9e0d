package io.rpcspring.server.handler;

import java.util.concurrent.Future;
import java.util.function.Supplier;

import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.MessageOutbox;
import io.rpcspring.RpcContext;
import io.rpcspring.server.call.LastResort;
import io.rpcspring.server.call.LiveCall;
import io.rpcspring.server.error.CallEnd;

/**
 * The sending half of one call: headers, messages, and one end.
 *
 * @param <R> the type of the responses
 */
abstract class Answer<R> {

    private final ServerCall<?, R> call;

    /** Lets go of its thread and of the requests before the end. */
    private final HandlerCall<?, R> handler;

    /** What is under way when the handler has returned. */
    private volatile @Nullable Future<?> pending;

    /** Whether the call is being ended here. */
    private volatile boolean closing;

    /** Whether somebody else has ended it before. */
    private volatile boolean over;

    /** Of the request that the handler has met; null while it has met none such. */
    private volatile @Nullable Supplier<? extends RuntimeException> refusal;

    /** Used by one thread at a time: the sender, or whoever closes. */
    private boolean headersSent;

    Answer(ServerCall<?, R> call, HandlerCall<?, R> handler) {
        this.call = call;
        this.handler = handler;
    }

    private RpcContext context() {
        return this.handler.context();
    }

    /** Where many responses go; null where there is just one. */
    abstract @Nullable MessageOutbox<R> outbox();

    final void send(R message) {
        sendHeadersOnce();
        this.call.sendMessage(message);
    }

    private void sendHeadersOnce() {
        if (!this.headersSent) {
            this.headersSent = true;
            this.call.sendHeaders(context().responseHeaders());
        }
    }

    /** A request was refused, and the handler has met it: the call cannot end well. */
    void refused(Supplier<? extends RuntimeException> why) {
        this.refusal = why;
    }

    /** Ends well, with the one response if there is just one. */
    void finish(@Nullable R message) {
        Supplier<? extends RuntimeException> met = this.refusal;
        if (met != null) {
            fail(met.get());
            return;
        }
        this.handler.handlerEnded();
        if (!this.over) {
            complete(message);
        }
    }

    /** Sends what is left, and then the end. */
    abstract void complete(@Nullable R message);

    final void close() {
        sendHeadersOnce();
        this.closing = true;
        this.call.close(Status.OK, context().responseTrailers());
    }

    /**
     * Ends with what the exception is mapped to, and with the headers that were filled.
     */
    void fail(Throwable thrown) {
        this.handler.handlerEnded();
        LiveCall<?, ?> live = LiveCall.of(this.call);
        if (this.closing && live != null) {
            // An interceptor has not let the end through.
            live.fail(thrown);
        }
        else if (!this.over && (live == null || !live.isEndedByOthers())) {
            CallEnd failure = this.handler.failures().map(context(), thrown);
            endWith(() -> refuse(failure));
        }
    }

    /** Ends with a status, without a handler that sends. */
    void refuse(CallEnd end) {
        this.closing = true;
        if (!this.headersSent && !context().responseHeaders().keys().isEmpty()) {
            LastResort.sendHeaders(this.call, context().responseHeaders());
        }
        LastResort.close(this.call, end);
    }

    /** Runs what ends the call when nobody sends any more. */
    abstract void endWith(Runnable last);

    /** For those who use the stream after its handler. */
    Supplier<IllegalStateException> ended() {
        return () -> new IllegalStateException(
                "The handler of " + context().method() + " has ended, and its stream with it");
    }

    /** It ends later; if the call ends before, it is cancelled. */
    void awaits(Future<?> result) {
        this.pending = result;
        if (this.over) {
            result.cancel(true);
        }
    }

    /** What the handler has left behind; null if it still runs, or has ended. */
    @Nullable Future<?> pending() {
        return this.pending;
    }

    /**
     * The call has ended.
     * @return whether it was somebody else who ended it
     */
    boolean isEndedByOthers() {
        if (this.closing) {
            return false;
        }
        this.over = true;
        return true;
    }

    /** Whether the call is being ended by its handler, or was refused. */
    boolean isClosing() {
        return this.closing;
    }

    boolean isOver() {
        return this.over;
    }

    <T> T required(@Nullable T value) {
        if (value == null) {
            throw new NullPointerException("The handler of " + context().method() + " returned null");
        }
        return value;
    }

}
