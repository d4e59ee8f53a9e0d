package io.rpcspring.server.handler;

import java.util.concurrent.Future;
import java.util.function.Supplier;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.MessageOutbox;
import io.rpcspring.RpcContext;
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
abstract class HandlerCall<Q, R> extends ServerCall.Listener<Q> implements CallHandler {

    private final HandlerMethod<Q, R> method;

    private final ServerCall<Q, R> call;

    private final RpcContext context;

    private final Answer<R> answer;

    /** What its thread runs, to interrupt it; null on the transport's thread. */
    private volatile @Nullable HandlerRun run;

    HandlerCall(HandlerMethod<Q, R> method, ServerCall<Q, R> call, RpcContext context) {
        this.method = method;
        this.call = call;
        this.context = context;
        this.answer = method.rpc().getType().serverSendsOneMessage() ? new OneResponse<>(call, this)
                : new ManyResponses<>(call, this);
    }

    /**
     * Listens to the call's end.
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
    final void runLater(Object first) {
        Runnable handler = Context.current().wrap(() -> run(first));
        if (this.run instanceof AdmittedCall admitted) {
            admitted.handOver(handler);
        }
        else {
            this.run = this.method.settings().pools().execute(this.context.method(), handler);
        }
    }

    final void run(Object first) {
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

    final HandlerMethod<Q, R> method() {
        return this.method;
    }

    final ServerCall<Q, R> call() {
        return this.call;
    }

    final Answer<R> answer() {
        return this.answer;
    }

    final RpcContext context() {
        return this.context;
    }

    final CallFailures failures() {
        return this.method.settings().failures();
    }

    /** Who asks for requests from now on gets none. */
    abstract void endRequests(Supplier<? extends RuntimeException> reason);

    /** Interceptors that see the end are not interrupted. */
    final void handlerEnded() {
        HandlerRun current = this.run;
        if (current != null) {
            current.end();
        }
        endRequests(this.answer.ended());
    }

    @Override
    public void callEnded(Status status) {
        if (!this.answer.isEndedByOthers()) {
            return;
        }
        // Made for those who ask only.
        Supplier<RuntimeException> reason = status::asRuntimeException;
        MessageOutbox<R> outbox = this.answer.outbox();
        endRequests(reason);
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
