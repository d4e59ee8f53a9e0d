package io.rpcspring.server.handler;

import java.util.Objects;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.MessageInbox;
import io.rpcspring.MessageOutbox;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcErrorReason;
import io.rpcspring.server.call.LiveCall;
import io.rpcspring.server.call.LiveCall.CallHandler;
import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.pool.AdmittedCall;
import io.rpcspring.server.pool.HandlerPools.HandlerRun;

/**
 * One call of a handler method, from its first event to its end.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class HandlerCall<Q, R> extends ServerCall.Listener<Q> implements CallHandler {

    private final HandlerMethod<Q, R> method;

    private final ServerCall<Q, R> call;

    private final RpcContext context;

    private final Answer<R> answer;

    /** Where many requests come. */
    private final @Nullable MessageInbox<Q> inbox;

    /** What its thread runs, to interrupt it; null on the transport's thread. */
    private volatile @Nullable HandlerRun run;

    /** The one request. Used by the call's events only. */
    private @Nullable Q request;

    HandlerCall(HandlerMethod<Q, R> method, ServerCall<Q, R> call, RpcContext context) {
        HandlerSettings settings = method.settings();
        this.method = method;
        this.call = call;
        this.context = context;
        this.answer = new Answer<>(call, this.context.method(), this);
        boolean one = method.rpc().getType().clientSendsOneMessage();
        this.inbox = one ? null : new MessageInbox<>(this.context.method(), settings.ahead(), call::request,
                Status::asRuntimeException);
    }

    /**
     * Listens to the call's end, and starts a handler that needs no request for it.
     * @param live the call; null if an interceptor hides it
     */
    void start(@Nullable LiveCall<?, ?> live) {
        if (live != null) {
            this.run = live.run();
            live.answeredBy(this);
        }
        else {
            Context.current().addListener((ended) -> callEnded(Contexts.statusFromCancelled(ended)), Runnable::run);
        }
        if (this.inbox != null) {
            this.call.request(this.method.settings().ahead());
            runLater(this.inbox);
        }
    }

    @Override
    public void onMessage(Q message) {
        if (this.inbox != null) {
            this.inbox.add(message);
        }
        else if (this.request == null) {
            this.request = message;
        }
        else if (!this.answer.isClosing()) {
            refuse("Too many requests for ");
        }
    }

    @Override
    public void onHalfClose() {
        Q only = this.request;
        if (this.inbox != null) {
            this.inbox.end();
        }
        else if (only == null) {
            refuse("Half-closed without a request for ");
        }
        else if (this.answer.isClosing()) {
            return;
        }
        else if (this.method.isUnary()) {
            run(only);
        }
        else {
            runLater(only);
        }
    }

    /**
     * As the table of
     * <a href="https://github.com/grpc/grpc/blob/master/doc/statuscodes.md">status
     * codes</a> wants it for a wrong number of requests.
     */
    private void refuse(String why) {
        this.answer.refuse(failures().statuses()
            .of(RpcErrorReason.WRONG_REQUEST_COUNT, Status.UNIMPLEMENTED.withDescription(why + this.context.method())));
    }

    /**
     * The transport says so when the first of many queued messages makes room. A sender
     * woken then finds room for a few and waits again; woken after the others it finds
     * room for hundreds.
     */
    @Override
    public void onReady() {
        MessageOutbox<R> outbox = this.answer.outbox();
        if (outbox != null) {
            this.method.settings().afterFlush().execute(outbox::ready);
        }
    }

    /** Runs the handler when the events that are here have run. */
    private void runLater(Object first) {
        Runnable handler = Context.current().wrap(() -> run(first));
        if (this.run instanceof AdmittedCall admitted) {
            admitted.handOver(handler);
        }
        else {
            this.run = this.method.settings().pools().execute(this.context.method(), handler);
        }
    }

    private void run(Object first) {
        if (this.answer.isOver()) {
            return;
        }
        if (Context.current().isCancelled()) {
            this.answer.refuse(failures().cancelled(this.context, Context.current()));
            return;
        }
        try {
            Object result = this.method.invoke(first, this.answer.outbox(), this.context);
            this.method.result().deliver(result, this.answer, this.method.settings().threadLocals());
        }
        catch (Throwable ex) {
            this.answer.fail(ex);
        }
    }

    @Override
    public boolean meets(Supplier<? extends RuntimeException> refusal) {
        if (this.inbox == null) {
            return false;
        }
        this.inbox.fail(() -> {
            this.answer.refused();
            return refusal.get();
        }, false);
        return true;
    }

    /** What the handler has met. */
    RuntimeException refusal() {
        return Objects.requireNonNull(Objects.requireNonNull(this.inbox).failure());
    }

    RpcContext context() {
        return this.context;
    }

    CallFailures failures() {
        return this.method.settings().failures();
    }

    /** Interceptors that see the end are not interrupted. */
    void handlerEnded() {
        HandlerRun current = this.run;
        if (current != null) {
            current.end();
        }
        if (this.inbox != null) {
            this.inbox.fail(this.answer.ended(), true);
        }
    }

    @Override
    public void callEnded(Status status) {
        if (!this.answer.isEndedByOthers()) {
            return;
        }
        // Made for those who ask only.
        Supplier<RuntimeException> reason = status::asRuntimeException;
        MessageOutbox<R> outbox = this.answer.outbox();
        if (this.inbox != null) {
            this.inbox.fail(reason, true);
        }
        if (outbox != null) {
            outbox.end(reason);
        }
        HandlerRun current = this.run;
        if (current != null) {
            current.interrupt();
        }
        Future<?> pending = this.answer.pending();
        if (pending != null) {
            // What depends on it is the application's, and runs in the pool.
            this.method.settings().pools().execute(this.context.method(), () -> pending.cancel(true));
        }
    }

}
