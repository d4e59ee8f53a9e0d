package io.rpcspring.server.call;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcContext;
import io.rpcspring.RpcErrorReason;
import io.rpcspring.server.error.CallEnd;
import io.rpcspring.server.pool.AdmittedCall;
import io.rpcspring.server.pool.Dismissal;
import io.rpcspring.server.pool.HandlerPools.CallProgress;
import io.rpcspring.server.pool.HandlerPools.PooledCall;
import io.rpcspring.server.pool.PoolStatistics.Expiry;

/**
 * A call in flight: the one place through which everything of it leaves.
 * <p>
 * It stands directly above grpc-java's call, whatever interceptors make of it, and tells
 * whoever answers, and the pool, when somebody else has ended it.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
public final class LiveCall<Q, R> extends AnsweredCall<Q, R> implements PooledCall, Context.CancellationListener {

    private static final Attributes.Key<LiveCall<?, ?>> KEY = Attributes.Key.create("io.rpcspring.call");

    /**
     * What runs its events; null for what the application chose itself. Written before
     * the first.
     */
    private @Nullable Executor runs;

    /**
     * A call whose context is the current one, as grpc-java makes it for each.
     * @param call grpc-java's own
     * @param headers what the client sent before its messages
     * @param rules hold for its answers
     */
    LiveCall(ServerCall<Q, R> call, Metadata headers, CallRules rules) {
        super(call, headers, rules);
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
     * What can be known of a call beside its messages.
     * @param call a call as it reached whoever asks
     * @return the same for all who ask; without headers if the call is hidden
     */
    public static RpcContext contextOf(ServerCall<?, ?> call) {
        LiveCall<?, ?> live = of(call);
        return (live != null) ? live.rpcContext() : new RpcContext(call, new Metadata());
    }

    /**
     * Whether an exception has ended a call already: some are given to an observer, and
     * thrown as well.
     * @param call a call that reached a handler
     * @param thrown the exception
     * @return false if the call is hidden
     */
    public static boolean isEndedBy(ServerCall<?, ?> call, Throwable thrown) {
        LiveCall<?, ?> live = of(call);
        Status end = (live != null) ? live.end() : null;
        return end != null && end.getCause() == thrown;
    }

    /**
     * The call has reached its handler, in the current context.
     * @param call the call as interceptors pass it on
     * @param passedOn the request's metadata as they do
     * @return what can be known of it beside its messages
     */
    public RpcContext reached(ServerCall<?, ?> call, Metadata passedOn) {
        return rpcContext(call, passedOn);
    }

    /**
     * Says what came after its end, once for a call.
     * @param what what it was, and where
     */
    public void ignored(String what) {
        sayIgnored(what);
    }

    /**
     * Its events are run by this from now on, and its end is listened to.
     * @param executor null for what the application chose itself
     */
    void startIn(@Nullable Executor executor) {
        this.runs = executor;
        context().addListener(this, Runnable::run);
    }

    /**
     * What runs the call's events.
     * @return null for the transport's thread
     */
    public @Nullable AdmittedCall run() {
        return (this.runs instanceof AdmittedCall admitted) ? admitted : null;
    }

    /**
     * Is told how far it is, and says it.
     * @return what knows nothing where the application chose what runs the call
     */
    public CallProgress progress() {
        return CallProgress.of(this.runs);
    }

    /**
     * Whether what is left on a thread by one of its events is there for the next, and
     * for no other call, where the server has thread-locals that follow calls.
     * @return false if the application runs its events by an executor of its own
     */
    public boolean isFollowed() {
        return this.runs != null;
    }

    /**
     * What the transport knows of its connection.
     * @return the attributes of the transport
     */
    public Attributes connection() {
        return delegate().getAttributes();
    }

    /**
     * How it ended, by whomever.
     * @return null while it lives
     */
    public @Nullable Status status() {
        return end();
    }

    /**
     * Somebody answers from now on. An interceptor's context that is cancelled before the
     * call's own, by a deadline of its own for example, ends the call, too.
     * @param answers told if somebody else ends the call
     */
    public void answeredBy(CallHandler answers) {
        Context current = Context.current();
        if (current != context()) {
            current.addListener(this::innerCancelled, Runnable::run);
        }
        heardBy(answers);
    }

    /**
     * A request was refused, and none comes after it. Who receives one after the other
     * meets the refusal in its place, behind the requests that came before it, and the
     * call ends with it then.
     * @param refusal makes what he gets
     * @return false if nobody receives so: then the call is to be ended at once
     */
    public boolean isMet(Supplier<? extends RuntimeException> refusal) {
        return isMetByHandler(refusal);
    }

    @Override
    public Attributes getAttributes() {
        // Made for interceptors that ask, seldom twice: not kept with each call.
        return delegate().getAttributes().toBuilder().set(KEY, this).build();
    }

    /**
     * Ends the call with what the exception is mapped to, past all interceptors, unless
     * it has ended. What is thrown because the call was ended is no failure.
     * @param thrown what whoever answers has thrown
     */
    @Override
    public void fail(Throwable thrown) {
        if (!isEndedByOthers() && !isEndedBy(this, thrown)) {
            refuse(failures().map(rpcContext(), thrown));
        }
    }

    /**
     * Maps what is no handler's failure, and ends nothing.
     * @param thrown what is wrong with the call
     * @return how it is to end
     */
    public CallEnd mapped(Throwable thrown) {
        return failures().map(rpcContext(), thrown);
    }

    @Override
    public void refuse(Dismissal why) {
        RpcErrorReason reason = switch (why.reason()) {
            case FULL -> RpcErrorReason.POOL_FULL;
            case QUEUE_TIMEOUT -> RpcErrorReason.QUEUE_TIMEOUT;
        };
        refuse(failures().statuses().exhausted(reason, why.text(), why.delay()));
    }

    /** Ends the call past all interceptors, unless it has ended. */
    void refuse(RpcErrorReason reason, Status status) {
        refuse(failures().statuses().of(reason, status));
    }

    /**
     * Ends the call past all interceptors, unless it has ended.
     * @param end what the client gets
     */
    public void refuse(CallEnd end) {
        refuse(end, Expiry.CANCELLED);
    }

    /** What the transport has ended is left to it, but for a deadline, which is ours. */
    private void refuse(CallEnd end, Expiry why) {
        boolean ours = why == Expiry.DEADLINE || !context().isCancelled();
        if (ours && isEndedWith(end.status(), end.trailers(), false)) {
            tell(end.status(), why);
        }
    }

    @Override
    public boolean isEnded() {
        return end() != null;
    }

    /**
     * Whether somebody else than whoever answers has ended it, or is about to tell: who
     * answers may see a cancelled context first.
     * @return whether what is thrown from now on is no failure
     */
    public boolean isEndedByOthers() {
        return isEnded() ? !isAnswered() : context().isCancelled();
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
        if (cause instanceof TimeoutException) {
            refuse(failures().cancelled(rpcContext(), cancelled), Expiry.DEADLINE);
            return;
        }
        Status status = Contexts.statusFromCancelled(cancelled);
        if (isLost(status)) {
            tell(status, Expiry.CANCELLED);
        }
    }

    private void innerCancelled(Context cancelled) {
        if (cancelled.cancellationCause() != null && !context().isCancelled()) {
            refuse(failures().cancelled(rpcContext(), cancelled));
        }
    }

    /** Whoever works on the call need not go on, and it need not wait for a thread. */
    private void tell(Status status, Expiry why) {
        tellHandler(status);
        AdmittedCall admitted = run();
        if (admitted != null) {
            admitted.cancelled(why);
        }
    }

    /**
     * Answers one call, and is told when it has ended.
     */
    public interface CallHandler {

        /**
         * The call has ended, and nothing that is sent from now on is of use: its client
         * has cancelled it, its deadline has passed, its connection is lost, it was
         * refused or cut off, or the handler itself has ended it. Called on any thread.
         * @param status how it ended
         */
        void callEnded(Status status);

        /**
         * A request was refused, and none comes after it.
         * @param refusal makes what who receives it gets in its place
         * @return whether the requests are received one after the other
         */
        default boolean meets(Supplier<? extends RuntimeException> refusal) {
            return false;
        }

    }

}
