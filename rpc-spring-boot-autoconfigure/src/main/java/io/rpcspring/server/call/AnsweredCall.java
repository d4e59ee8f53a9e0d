package io.rpcspring.server.call;

import java.util.function.Supplier;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.call.LiveCall.CallHandler;
import io.rpcspring.server.error.CallEnd;

/**
 * A call that somebody answers, as its method wants it answered: an answer that breaks
 * the method's rules ends the call as a failure.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
abstract class AnsweredCall<Q, R> extends KnownCall<Q, R> {

    /** Who answers; null before it was told, and where it is hidden. */
    private volatile @Nullable CallHandler handler;

    AnsweredCall(ServerCall<Q, R> call, Metadata headers, CallRules rules) {
        super(call, headers, rules);
    }

    /** Somebody answers from now on, who hears of the end, if it has come already. */
    final void heardBy(CallHandler answers) {
        this.handler = answers;
        Status ended = end();
        if (ended != null) {
            answers.callEnded(ended);
        }
    }

    final boolean isMetByHandler(Supplier<? extends RuntimeException> refusal) {
        CallHandler answers = this.handler;
        return answers != null && answers.meets(refusal);
    }

    /** The call has ended: nothing that is sent from now on is of use. */
    final void tellHandler(Status status) {
        CallHandler answers = this.handler;
        if (answers != null) {
            answers.callEnded(status);
        }
    }

    @Override
    public final void sendMessage(R message) {
        if (message == null) {
            throw new NullPointerException("The handler of " + method() + " sent null instead of a message");
        }
        if (!isSent(message)) {
            fail(new IllegalStateException("The handler of " + method() + " sent more than its one response"));
        }
    }

    @Override
    public final void close(Status status, Metadata trailers) {
        if (status.isOk() && isResponseMissing()) {
            fail(new IllegalStateException("The handler of " + method() + " ended the call without its response"));
        }
        else if (!status.isOk() && new CallEnd(status, trailers).isUnmapped()) {
            fail(status.asException(trailers));
        }
        else if (isEndedWith(status, trailers, true)) {
            tellHandler(status);
        }
    }

    /** Ends the call with what the exception is mapped to, past all interceptors. */
    abstract void fail(Throwable thrown);

}
