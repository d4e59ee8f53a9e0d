package io.rpcspring.server.handler;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.rpcspring.MessageOutbox;
import io.rpcspring.server.pool.ThreadLocals;

/**
 * What a handler method returns, and how that becomes responses and the end of the call.
 */
enum HandlerResult {

    /** The one response. */
    MESSAGE,

    /** The one response, later. */
    STAGE,

    /** Nothing: the responses were sent. */
    NOTHING,

    /**
     * All responses, as a {@code java.util.stream.Stream} or an {@code Iterable}; closed
     * afterwards if it can be.
     */
    MANY;

    /**
     * Sends it and ends the call, or sees to it that this happens.
     * @param <R> the type of the responses
     * @param result what the method returned: what this constant says, checked when the
     * method was bound
     * @param answer where it goes
     * @param threadLocals carries what is on this thread to where the call ends
     */
    @SuppressWarnings("unchecked")
    <R> void deliver(@Nullable Object result, Answer<R> answer, @Nullable ThreadLocals threadLocals) throws Exception {
        switch (this) {
            case NOTHING -> answer.finish(null);
            case MESSAGE -> answer.finish((R) answer.required(result));
            case STAGE -> awaitStage((CompletionStage<R>) answer.required(result), answer, threadLocals);
            case MANY -> {
                sendAll(answer.required(result), answer);
                answer.finish(null);
            }
        }
    }

    // Closing may throw what it likes here, also that it was interrupted.
    @SuppressWarnings({ "unchecked", "try" })
    private static <R> void sendAll(Object all, Answer<R> answer) throws Exception {
        AutoCloseable closed = (all instanceof AutoCloseable closeable) ? closeable : () -> {
        };
        try (closed) {
            MessageOutbox<R> outbox = answer.required(answer.outbox());
            if (all instanceof Stream<?> stream) {
                ((Stream<R>) stream).forEachOrdered(outbox::send);
            }
            else {
                ((Iterable<R>) all).forEach(outbox::send);
            }
        }
    }

    private static <R> void awaitStage(CompletionStage<R> stage, Answer<R> answer,
            @Nullable ThreadLocals threadLocals) {
        if (stage instanceof Future<?> result) {
            answer.awaits(result);
        }
        if (threadLocals == null) {
            stage.whenComplete((message, failure) -> deliverLater(message, failure, answer));
            return;
        }
        Object here = threadLocals.copy();
        stage.whenComplete((message, failure) -> ThreadLocals.run(threadLocals, here,
                () -> deliverLater(message, failure, answer)));
    }

    private static <R> void deliverLater(@Nullable R message, @Nullable Throwable failure, Answer<R> answer) {
        if (failure != null) {
            Throwable cause = failure.getCause();
            answer.fail((failure instanceof CompletionException && cause != null) ? cause : failure);
        }
        else {
            finishLater(message, answer);
        }
    }

    /** Nobody would see what is thrown here: an interceptor may refuse the message. */
    private static <R> void finishLater(@Nullable R message, Answer<R> answer) {
        try {
            answer.finish(answer.required(message));
        }
        catch (Throwable ex) {
            answer.fail(ex);
        }
    }

}
