package io.rpcspring.server.handler;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

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

    /** All responses, as a {@code java.util.stream.Stream} to be closed. */
    STREAM,

    /** All responses. */
    ITERABLE;

    /**
     * Sends it and ends the call, or sees to it that this happens.
     * @param <R> the type of the responses
     * @param result what the method returned: what this constant says, checked when the
     * method was bound
     * @param answer where it goes
     */
    @SuppressWarnings("unchecked")
    <R> void deliver(@Nullable Object result, Answer<R> answer) {
        switch (this) {
            case NOTHING -> answer.finish(null);
            case MESSAGE -> answer.finish((R) answer.required(result));
            case STAGE -> ((CompletionStage<R>) answer.required(result))
                .whenComplete((message, failure) -> deliverLater(message, failure, answer));
            case ITERABLE -> {
                ((Iterable<R>) answer.required(result)).forEach(answer.required(answer.outbox())::send);
                answer.finish(null);
            }
            case STREAM -> {
                try (Stream<R> messages = (Stream<R>) answer.required(result)) {
                    messages.forEachOrdered(answer.required(answer.outbox())::send);
                }
                answer.finish(null);
            }
        }
    }

    private static <R> void deliverLater(@Nullable R message, @Nullable Throwable failure, Answer<R> answer) {
        if (failure != null) {
            Throwable cause = failure.getCause();
            answer.fail((failure instanceof CompletionException && cause != null) ? cause : failure);
        }
        else if (message != null) {
            answer.finish(message);
        }
        else {
            answer.fail(answer.returnedNull());
        }
    }

}
