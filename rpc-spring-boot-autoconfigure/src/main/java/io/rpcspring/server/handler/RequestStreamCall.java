package io.rpcspring.server.handler;

import java.util.function.Supplier;

import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.MessageInbox;
import io.rpcspring.RpcContext;
import io.rpcspring.server.call.LiveCall;

/**
 * A call whose handler receives its requests as they come.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class RequestStreamCall<Q, R> extends HandlerCall<Q, R> {

    private final MessageInbox<Q> inbox;

    RequestStreamCall(HandlerMethod<Q, R> method, ServerCall<Q, R> call, RpcContext context) {
        super(method, call, context);
        this.inbox = new MessageInbox<>(context.method(), method.settings().ahead(), call::request,
                Status::asRuntimeException);
    }

    /** The handler needs no request for its start. */
    @Override
    void start(@Nullable LiveCall<?, ?> live) {
        super.start(live);
        call().request(method().settings().ahead());
        runLater(this.inbox);
    }

    @Override
    public void onMessage(Q message) {
        this.inbox.add(message);
    }

    @Override
    public void onHalfClose() {
        this.inbox.end();
    }

    @Override
    public boolean meets(Supplier<? extends RuntimeException> refusal) {
        this.inbox.fail(() -> {
            answer().refused(refusal);
            return refusal.get();
        }, false);
        return true;
    }

    @Override
    void endRequests(Supplier<? extends RuntimeException> reason) {
        this.inbox.fail(reason, true);
    }

}
