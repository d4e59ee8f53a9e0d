package io.rpcspring;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a client's stream: as many requests as its method takes, and their
 * end.
 *
 * @param <Q> the type of the requests
 */
final class ClientRequests<Q> {

    private final String method;

    private final ClientCall<Q, ?> call;

    private final MessageOutbox<Q> outbox;

    private final AtomicBoolean halfClosed = new AtomicBoolean();

    private volatile boolean cancelled;

    /** Whether its one request was sent, where it takes one. */
    private volatile boolean hasOnly;

    /** Who sent last, where one response comes after all requests. */
    private volatile @Nullable Thread sender;

    /**
     * Creates the half of a call that is about to start.
     * @param method what is called
     * @param call the call
     * @param interrupted makes what a waiting sender gets that is interrupted
     */
    ClientRequests(MethodDescriptor<Q, ?> method, ClientCall<Q, ?> call,
            Function<Status, ? extends RuntimeException> interrupted) {
        this.method = method.getFullMethodName();
        this.call = call;
        // grpc-java never tells that a call with one request is ready: it has no need to.
        boolean one = method.getType().clientSendsOneMessage();
        Consumer<Q> send = one ? this::sendOnly
                : method.getType().serverSendsOneMessage() ? this::sendForOneResponse : call::sendMessage;
        this.outbox = new MessageOutbox<>(this.method, () -> one || call.isReady(), send, interrupted);
    }

    MessageOutbox<Q> outbox() {
        return this.outbox;
    }

    /**
     * Keeps a second request from a call that takes one, also when the answer to the
     * first has ended the call.
     * @throws IllegalStateException if it has one
     */
    void beforeSending() {
        if (this.hasOnly) {
            throw hasOnly();
        }
    }

    private IllegalStateException hasOnly() {
        return new IllegalStateException(this.method + " takes one request, and has it");
    }

    /** Nothing can follow, and grpc-java keeps the request back until the half-close. */
    private void sendOnly(Q message) {
        this.call.sendMessage(message);
        this.hasOnly = true;
        if (this.halfClosed.compareAndSet(false, true)) {
            halfCloseCall();
            this.outbox.end(this::hasOnly);
        }
    }

    private void sendForOneResponse(Q message) {
        this.sender = Thread.currentThread();
        this.call.sendMessage(message);
    }

    void halfClose() {
        if (this.halfClosed.compareAndSet(false, true)) {
            this.outbox.end(
                    () -> new IllegalStateException(this.method + " is half-closed: nothing can be sent any more"),
                    this::halfCloseCall);
        }
    }

    private void halfCloseCall() {
        if (!this.cancelled) {
            this.call.halfClose();
        }
    }

    void cancel(String why, Supplier<RuntimeException> failure) {
        this.outbox.cut(failure, () -> {
            this.cancelled = true;
            this.call.cancel(why, null);
        });
    }

    /**
     * Keeps the thread that sends from waiting for the response to what it has not sent.
     * @throws IllegalStateException if it would
     */
    void beforeWaiting() {
        Thread current = Thread.currentThread();
        if (this.sender == current && !this.outbox.hasEnded()) {
            throw new IllegalStateException(this.method + " is not half-closed: '" + current.getName()
                    + "' sends on it, and would wait for a response that comes after the last request. Call finish(),"
                    + " or halfClose() before you receive; let another thread receive what may come earlier");
        }
    }

}
