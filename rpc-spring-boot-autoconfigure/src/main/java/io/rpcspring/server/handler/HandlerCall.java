package io.rpcspring.server.handler;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.MessageInbox;
import io.rpcspring.MessageOutbox;
import io.rpcspring.RpcContext;

/**
 * One call of a handler method, from its first event to its end.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class HandlerCall<Q, R> extends ServerCall.Listener<Q> implements Context.CancellationListener {

    private final HandlerMethod<Q, R> method;

    private final ServerCall<Q, R> call;

    private final RpcContext context;

    private final Answer<R> answer;

    private final Interruption interruption;

    /** Where many requests come. */
    private final @Nullable MessageInbox<Q> inbox;

    /** The one request. Used by the call's events only. */
    private @Nullable Q request;

    /** The client has broken the rules, and been told. Used by the call's events only. */
    private boolean refused;

    HandlerCall(HandlerMethod<Q, R> method, ServerCall<Q, R> call, Metadata headers) {
        HandlerSettings settings = method.settings();
        this.method = method;
        this.call = call;
        this.context = new RpcContext(call, headers);
        this.answer = new Answer<>(call, this.context, settings.failures(), this::handlerEnded);
        this.interruption = new Interruption(settings.interrupt());
        boolean one = method.rpc().getType().clientSendsOneMessage();
        this.inbox = one ? null : new MessageInbox<>(this.context.method(), settings.ahead(), call::request, () -> {
        });
    }

    @Override
    public void onMessage(Q message) {
        if (this.inbox != null) {
            this.inbox.add(message);
        }
        else if (this.request == null) {
            this.request = message;
        }
        else if (!this.refused) {
            refuse("Too many requests for ");
        }
    }

    @Override
    public void onHalfClose() {
        if (this.refused) {
            return;
        }
        if (this.inbox != null) {
            this.inbox.end();
        }
        else if (this.request == null) {
            refuse("Half-closed without a request for ");
        }
        else if (this.method.isUnary()) {
            run(this.request);
        }
        else {
            runLater();
        }
    }

    private void refuse(String why) {
        this.refused = true;
        this.call.close(Status.INTERNAL.withDescription(why + this.context.method()), new Metadata());
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

    /** Runs the handler on this thread when the events that are here have run. */
    void runLater() {
        this.method.runAfterEvents(Context.current().wrap(() -> run((this.inbox != null) ? this.inbox : this.request)));
    }

    private void run(@Nullable Object first) {
        Context current = Context.current();
        if (current.isCancelled()) {
            return;
        }
        this.interruption.begin();
        current.addListener(this, Runnable::run);
        try {
            this.method.result().deliver(this.method.invoke(first, this.answer.outbox(), this.context), this.answer);
        }
        catch (Throwable ex) {
            this.answer.fail(ex);
        }
        finally {
            this.interruption.end();
        }
    }

    private void handlerEnded() {
        this.interruption.end();
        if (this.inbox != null) {
            this.inbox.fail(this.answer.over(), true);
        }
    }

    /**
     * The client cancelled, its deadline passed, or its connection is lost; or the call
     * has ended, when there is nobody left to wake.
     */
    @Override
    public void cancelled(Context cancelled) {
        MessageOutbox<R> outbox = this.answer.outbox();
        if (this.inbox != null) {
            this.inbox.fail(() -> reason(cancelled), true);
        }
        if (outbox != null) {
            outbox.end(() -> reason(cancelled));
        }
        this.interruption.interrupt();
    }

    /** Made for those who ask only: each call ends with a cancelled context. */
    private static RuntimeException reason(Context cancelled) {
        return Contexts.statusFromCancelled(cancelled).asRuntimeException();
    }

}
