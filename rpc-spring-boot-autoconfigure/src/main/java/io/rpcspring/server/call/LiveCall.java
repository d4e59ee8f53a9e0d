package io.rpcspring.server.call;

import java.util.concurrent.TimeoutException;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.pool.AdmittedCall;
import io.rpcspring.server.pool.PoolStatistics.Expiry;
import io.rpcspring.server.pool.PooledCall;

/**
 * A call in flight: the one place through which everything of it leaves, and its one end.
 * <p>
 * It stands directly above grpc-java's call. Several threads may use it: what they send
 * is put one after the other, the first end counts, and what comes after it goes nowhere.
 * Nothing is sent on a call that the transport has ended: a second end there would cost
 * the connection with all its calls.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
public final class LiveCall<Q, R> extends ForwardingServerCall<Q, R>
        implements PooledCall, Context.CancellationListener {

    private static final Log logger = LogFactory.getLog(LiveCall.class);

    private static final Attributes.Key<LiveCall<?, ?>> KEY = Attributes.Key.create("io.rpcspring.call");

    private final ServerCall<Q, R> call;

    private final CallFailures failures;

    private final Context context = Context.current();

    /**
     * What runs its events; null for the transport's thread. Written before the first.
     */
    private @Nullable AdmittedCall run;

    /** Who answers; null before it was told, and where it is hidden. */
    private volatile @Nullable CallHandler handler;

    /** With this for an interceptor that asks. Made when asked for. */
    private @Nullable Attributes attributes;

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

    /**
     * A call whose context is the current one, as grpc-java makes it for each.
     * @param call grpc-java's own
     * @param failures maps what is thrown
     */
    LiveCall(ServerCall<Q, R> call, CallFailures failures) {
        this.call = call;
        this.failures = failures;
    }

    /**
     * Finds the call by whatever interceptors have made of it.
     * @param call a call that reached a handler
     * @return null if an interceptor hides it: one whose call has other attributes
     */
    public static @Nullable LiveCall<?, ?> of(ServerCall<?, ?> call) {
        return (call instanceof LiveCall<?, ?> live) ? live : call.getAttributes().get(KEY);
    }

    /**
     * Ends a call through the interceptors that stand above, or past them if one throws.
     * @param call as it reached whoever ends it
     * @param status what the client gets
     * @param trailers what else it gets
     */
    public static void close(ServerCall<?, ?> call, Status status, Metadata trailers) {
        try {
            call.close(status, trailers);
        }
        catch (Throwable ex) {
            LiveCall<?, ?> live = of(call);
            if (live == null) {
                throw ex;
            }
            logger.debug("An interceptor failed to close a call of " + live.method(), ex);
            live.refuse(status, trailers);
        }
    }

    /**
     * Sends headers through the interceptors that stand above, or past them if one
     * throws.
     * @param call as it reached whoever sends
     * @param headers what the client gets
     */
    public static void sendHeaders(ServerCall<?, ?> call, Metadata headers) {
        try {
            call.sendHeaders(headers);
        }
        catch (Throwable ex) {
            LiveCall<?, ?> live = of(call);
            if (live == null) {
                throw ex;
            }
            live.sendHeaders(headers);
        }
    }

    /**
     * Ends a call with what an exception is mapped to, past all interceptors.
     * @param call as it reached whoever answers
     * @param thrown what an interceptor throws instead of letting the end through
     */
    public static void fail(ServerCall<?, ?> call, Throwable thrown) {
        LiveCall<?, ?> live = of(call);
        if (live == null) {
            throw new IllegalStateException("An interceptor hides the call and does not let its end through", thrown);
        }
        live.fail(thrown);
    }

    /** Its events are run by the pool from now on, and its end is listened to. */
    void startIn(@Nullable AdmittedCall admitted) {
        this.run = admitted;
        this.context.addListener(this, Runnable::run);
    }

    /**
     * What runs the call's events.
     * @return null for the transport's thread
     */
    public @Nullable AdmittedCall run() {
        return this.run;
    }

    /**
     * Somebody answers from now on. An interceptor's context that is cancelled before the
     * call's own, by a deadline of its own for example, ends the call, too.
     * @param answers told if somebody else ends the call
     */
    public void answeredBy(CallHandler answers) {
        this.handler = answers;
        Context current = Context.current();
        if (current != this.context) {
            current.addListener(this::innerCancelled, Runnable::run);
        }
        Status ended = this.end;
        if (ended != null) {
            answers.callEnded(ended);
        }
    }

    @Override
    protected ServerCall<Q, R> delegate() {
        return this.call;
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
        return this.call.getMethodDescriptor();
    }

    @Override
    public synchronized Attributes getAttributes() {
        Attributes own = this.attributes;
        if (own == null) {
            own = this.call.getAttributes().toBuilder().set(KEY, this).build();
            this.attributes = own;
        }
        return own;
    }

    @Override
    public boolean isReady() {
        return this.end == null && this.call.isReady();
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
        // Threads that race for the first message bring headers each.
        if (isOpenFor("headers") && !this.headersSent) {
            this.headersSent = true;
            this.call.sendHeaders(headers);
        }
    }

    @Override
    public void sendMessage(R message) {
        if (message == null) {
            throw new NullPointerException("The handler of " + method() + " sent null instead of a message");
        }
        if (!isSent(message)) {
            fail(new IllegalStateException("The handler of " + method() + " sent more than its one response"));
        }
    }

    private synchronized boolean isSent(R message) {
        if (isOpenFor("a message")) {
            if (this.messageSent && getMethodDescriptor().getType().serverSendsOneMessage()) {
                return false;
            }
            this.messageSent = true;
            this.call.sendMessage(message);
        }
        return true;
    }

    @Override
    public void close(Status status, Metadata trailers) {
        Throwable cause = status.getCause();
        if (status.isOk() && isResponseMissing()) {
            fail(new IllegalStateException("The handler of " + method() + " ended the call without its response"));
        }
        else if (cause != null && isUnmapped(status)) {
            fail(cause);
        }
        else if (end(status, trailers, true)) {
            CallHandler answers = this.handler;
            if (answers != null) {
                answers.callEnded(status);
            }
        }
    }

    private synchronized boolean isResponseMissing() {
        return this.end == null && !this.messageSent && getMethodDescriptor().getType().serverSendsOneMessage();
    }

    /** What grpc-java's observers make of an exception that has no status. */
    private static boolean isUnmapped(Status status) {
        return status.getCode() == Status.Code.UNKNOWN && status.getDescription() == null;
    }

    /**
     * Ends the call with what the exception is mapped to, past all interceptors, unless
     * it has ended. What is thrown because the call was ended is no failure.
     * @param thrown what whoever answers has thrown
     */
    public void fail(Throwable thrown) {
        if (this.end == null || this.answered) {
            StatusException failure = this.failures.map(method(), thrown);
            Metadata trailers = failure.getTrailers();
            refuse(failure.getStatus(), (trailers != null) ? trailers : new Metadata());
        }
    }

    @Override
    public void refuse(Status status, Metadata trailers) {
        if (end(status, trailers, false)) {
            tell(status, Expiry.CANCELLED);
        }
    }

    private synchronized boolean end(Status status, Metadata trailers, boolean byAnswer) {
        if (byAnswer ? !isOpenFor("a status") : this.end != null) {
            return false;
        }
        this.end = status;
        this.answered = byAnswer;
        this.call.close(status, trailers);
        return true;
    }

    /** Asked under the lock. What nobody did wrong is not complained of. */
    private boolean isOpenFor(String what) {
        if (this.end != null && this.answered && !this.complained) {
            this.complained = true;
            logger.warn("Ignored: " + what + " after the end of a call of " + method());
        }
        return this.end == null;
    }

    /** Whether it has ended, by whomever, maybe before it got a thread. */
    boolean isEnded() {
        return this.end != null;
    }

    /** Whether somebody else than whoever answers has ended it. */
    boolean isEndedByOthers() {
        return this.end != null && !this.answered;
    }

    /** Whether it was ended by an answer, an interceptor's among them. */
    boolean isAnswered() {
        return this.answered;
    }

    /**
     * The transport has ended the call, or its deadline has passed, which it then says.
     */
    @Override
    public void cancelled(Context cancelled) {
        Throwable cause = cancelled.cancellationCause();
        if (cause == null) {
            return;
        }
        boolean deadline = cause instanceof TimeoutException;
        Status status = Contexts.statusFromCancelled(cancelled);
        if (isEndedNow(status, deadline)) {
            tell(status, deadline ? Expiry.DEADLINE : Expiry.CANCELLED);
        }
    }

    private synchronized boolean isEndedNow(Status status, boolean isOurs) {
        if (isOurs) {
            return end(status, new Metadata(), false);
        }
        boolean open = this.end == null;
        if (open) {
            this.end = status;
        }
        return open;
    }

    private void innerCancelled(Context cancelled) {
        if (cancelled.cancellationCause() != null && !this.context.isCancelled()) {
            refuse(Contexts.statusFromCancelled(cancelled), new Metadata());
        }
    }

    /** Whoever works on the call need not go on, and it need not wait for a thread. */
    private void tell(Status status, Expiry why) {
        CallHandler answers = this.handler;
        if (answers != null) {
            answers.callEnded(status);
        }
        AdmittedCall admitted = this.run;
        if (admitted != null) {
            admitted.cancelled(why);
        }
    }

    private String method() {
        return getMethodDescriptor().getFullMethodName();
    }

}
