package io.rpcspring.server.handler;

import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

import io.rpcspring.MessageInbox;
import io.rpcspring.MessageOutbox;
import io.rpcspring.RpcContext;

/**
 * One call of a handler method, from its first event to its close.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class HandlerCall<Q, R> extends ServerCall.Listener<Q> implements Context.CancellationListener {

    private final HandlerMethod<Q, R> method;

    private final ServerCall<Q, R> call;

    private final RpcContext context;

    private final Interruption interruption;

    /** Where many requests come. */
    private final @Nullable MessageInbox<Q> inbox;

    /** Where many responses go. */
    private final @Nullable MessageOutbox<R> outbox;

    /** The one request. Used by the call's events only. */
    private @Nullable Q request;

    /** Used by one thread at a time: the sender, or whoever closes. */
    private boolean headersSent;

    HandlerCall(HandlerMethod<Q, R> method, ServerCall<Q, R> call, Metadata headers) {
        this.method = method;
        this.call = call;
        this.context = new RpcContext(call, headers);
        this.interruption = new Interruption(method.settings().interrupt());
        String name = method.rpc().getFullMethodName();
        boolean manyRequests = !method.rpc().getType().clientSendsOneMessage();
        boolean manyResponses = !method.rpc().getType().serverSendsOneMessage();
        this.inbox = manyRequests ? new MessageInbox<>(name, method.settings().ahead(), call::request, () -> {
        }) : null;
        this.outbox = manyResponses ? new MessageOutbox<>(name, call::isReady, this::sendMessage, () -> {
        }) : null;
    }

    @Override
    public void onMessage(Q message) {
        if (this.inbox != null) {
            this.inbox.add(message);
        }
        else if (this.request == null) {
            this.request = message;
        }
        else {
            this.call.close(Status.INTERNAL.withDescription("Too many requests for " + name()), new Metadata());
        }
    }

    @Override
    public void onHalfClose() {
        if (this.inbox != null) {
            this.inbox.end();
        }
        else if (this.request == null) {
            this.call.close(Status.INTERNAL.withDescription("Half-closed without a request for " + name()),
                    new Metadata());
        }
        else if (this.method.isUnary()) {
            run(this.request);
        }
        else {
            runLater();
        }
    }

    @Override
    public void onReady() {
        if (this.outbox != null) {
            this.outbox.ready();
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
            Object result = this.method.invoke(first, this.outbox, this.context);
            answer(result);
        }
        catch (Throwable ex) {
            fail(ex);
        }
        finally {
            current.removeListener(this);
            this.interruption.end();
        }
    }

    @SuppressWarnings("unchecked") // checked against the gRPC method when it was bound
    private void answer(@Nullable Object result) {
        switch (this.method.result()) {
            case MESSAGE -> finish((R) required(result));
            case STAGE -> ((CompletionStage<R>) required(result)).whenComplete(this::answerLater);
            case NOTHING -> finish(null);
            case STREAM -> {
                try (Stream<R> messages = (Stream<R>) required(result)) {
                    messages.forEachOrdered(requiredOutbox()::send);
                }
                finish(null);
            }
            case ITERABLE -> {
                ((Iterable<R>) required(result)).forEach(requiredOutbox()::send);
                finish(null);
            }
        }
    }

    private void answerLater(@Nullable R message, @Nullable Throwable failure) {
        try {
            if (failure != null) {
                fail((failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
                        : failure);
            }
            else {
                finish(required(message));
            }
        }
        catch (RuntimeException ex) {
            fail(ex);
        }
    }

    private void finish(@Nullable R message) {
        close(() -> {
            if (message != null) {
                sendMessage(message);
            }
            sendHeadersOnce();
            this.call.close(Status.OK, this.context.responseTrailers());
        });
    }

    private void fail(Throwable thrown) {
        if (this.context.isCancelled()) {
            close(() -> this.call.close(Status.CANCELLED, new Metadata()));
            return;
        }
        StatusException failure = this.method.settings().failures().map(name(), thrown);
        Metadata trailers = this.context.responseTrailers();
        if (failure.getTrailers() != null) {
            trailers.merge(failure.getTrailers());
        }
        close(() -> this.call.close(failure.getStatus(), trailers));
    }

    private void close(Runnable last) {
        Supplier<IllegalStateException> over = () -> new IllegalStateException(
                "The handler of " + name() + " has ended, and its stream with it");
        if (this.inbox != null) {
            this.inbox.fail(over, true);
        }
        if (this.outbox != null) {
            this.outbox.end(over, last);
        }
        else {
            last.run();
        }
    }

    private void sendMessage(R message) {
        sendHeadersOnce();
        this.call.sendMessage(message);
    }

    private void sendHeadersOnce() {
        if (!this.headersSent) {
            this.headersSent = true;
            this.call.sendHeaders(this.context.responseHeaders());
        }
    }

    /** The client cancelled, its deadline passed, or its connection is lost. */
    @Override
    public void cancelled(Context cancelled) {
        Status status = Contexts.statusFromCancelled(cancelled);
        if (this.inbox != null) {
            this.inbox.fail(status::asRuntimeException, true);
        }
        if (this.outbox != null) {
            this.outbox.end(status::asRuntimeException);
        }
        this.interruption.interrupt();
    }

    private String name() {
        return this.method.rpc().getFullMethodName();
    }

    private MessageOutbox<R> requiredOutbox() {
        return Objects.requireNonNull(this.outbox);
    }

    private <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, () -> "The handler of " + name() + " returned null");
    }

}
