package io.rpcspring.server.call;

import io.grpc.Context;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.error.CallFailures;

/**
 * A call whose responses leave one after the other, until its one end.
 * <p>
 * Several threads may use it. The first end counts, and what comes after it goes nowhere.
 * Nothing is sent on a call that the transport has ended: a second end there would cost
 * the connection with all its calls.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
abstract class SerializedCall<Q, R> extends ForwardingServerCall<Q, R> {

    private final ServerCall<Q, R> call;

    private final CallRules rules;

    private final Context context = Context.current();

    /** How the call ended, if it did. Guarded by this for writing. */
    private volatile @Nullable Status end;

    /** Whether whoever answers has ended it. Guarded by this for writing. */
    private volatile boolean answered;

    /** Guarded by this. */
    private boolean headersSent;

    /** Guarded by this. */
    private boolean messageSent;

    /** Guarded by this. */
    private boolean complained;

    SerializedCall(ServerCall<Q, R> call, CallRules rules) {
        this.call = call;
        this.rules = rules;
    }

    /** What an exception becomes. */
    final CallFailures failures() {
        return this.rules.failures();
    }

    @Override
    protected final ServerCall<Q, R> delegate() {
        return this.call;
    }

    @Override
    public final MethodDescriptor<Q, R> getMethodDescriptor() {
        return this.call.getMethodDescriptor();
    }

    final String method() {
        return this.call.getMethodDescriptor().getFullMethodName();
    }

    final CallRules rules() {
        return this.rules;
    }

    /** What grpc-java runs the call in. */
    final Context context() {
        return this.context;
    }

    @Override
    public final boolean isReady() {
        return this.end == null && this.call.isReady();
    }

    @Override
    public final synchronized void sendHeaders(Metadata headers) {
        // Threads that race for the first message bring headers each. With headers on
        // their way, the transport could not say any more why it has ended the call.
        if (isOpenFor("headers") && !this.headersSent && !this.context.isCancelled()) {
            this.headersSent = true;
            this.rules.responses().fitHeaders(method(), headers);
            this.call.sendHeaders(headers);
        }
    }

    /**
     * Sends a message, if the call has not ended.
     * @return false if it would be one too many
     */
    final synchronized boolean isSent(R message) {
        if (isOpenFor("a message") && (this.headersSent || !this.context.isCancelled())) {
            if (this.messageSent && getMethodDescriptor().getType().serverSendsOneMessage()) {
                return false;
            }
            this.messageSent = true;
            this.call.sendMessage(message);
        }
        return true;
    }

    /** Of a call that is cancelled none is missed: it was not sent for that reason. */
    final synchronized boolean isResponseMissing() {
        return this.end == null && !this.messageSent && !this.context.isCancelled()
                && getMethodDescriptor().getType().serverSendsOneMessage();
    }

    /**
     * Ends the call.
     * @param byAnswer whether whoever answers it does so, or an interceptor
     * @return false if it has ended before
     */
    final synchronized boolean isEndedWith(Status status, Metadata trailers, boolean byAnswer) {
        boolean open = byAnswer ? isOpenFor("a status") && !this.context.isCancelled() : this.end == null;
        if (open) {
            this.end = status;
            this.answered = byAnswer;
            this.call.close(this.rules.end(method(), status, trailers), trailers);
        }
        return open;
    }

    /**
     * The transport has ended the call.
     * @return false if it has ended before
     */
    final synchronized boolean isLost(Status status) {
        boolean open = this.end == null;
        if (open) {
            this.end = status;
        }
        return open;
    }

    /** Asked under the lock. What nobody did wrong is not complained of. */
    private boolean isOpenFor(String what) {
        if (this.end != null && this.answered) {
            sayIgnored(what + " after the end of a call of " + method());
        }
        return this.end == null;
    }

    /** A failure ends the call: who answers at this moment does nothing wrong. */
    final synchronized void excuse() {
        this.complained = true;
    }

    /** Says what came too late, once for a call. */
    final synchronized void sayIgnored(String what) {
        if (!this.complained) {
            this.complained = true;
            this.rules.mistakes().warn("Ignored: " + what);
        }
    }

    /** How it ended, by whomever; null while it lives. */
    final @Nullable Status end() {
        return this.end;
    }

    /** Whether it was ended by an answer, an interceptor's among them. */
    final boolean isAnswered() {
        return this.answered;
    }

}
