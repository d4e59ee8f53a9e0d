package io.rpcspring.server.handler;

import java.util.function.Supplier;

import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcContext;
import io.rpcspring.RpcErrorReason;

/**
 * A call whose handler gets its one request, when that is whole.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class WholeRequestCall<Q, R> extends HandlerCall<Q, R> {

    /** Used by the call's events only. */
    private @Nullable Q request;

    WholeRequestCall(HandlerMethod<Q, R> method, ServerCall<Q, R> call, RpcContext context) {
        super(method, call, context);
    }

    @Override
    public void onMessage(Q message) {
        if (this.request == null) {
            this.request = message;
        }
        else if (!answer().isClosing()) {
            refuse("Too many requests for ");
        }
    }

    @Override
    public void onHalfClose() {
        Q only = this.request;
        if (only == null) {
            refuse("Half-closed without a request for ");
        }
        else if (answer().isClosing()) {
            return;
        }
        else if (method().isUnary()) {
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
        answer().refuse(failures().statuses()
            .of(RpcErrorReason.WRONG_REQUEST_COUNT, Status.UNIMPLEMENTED.withDescription(why + context().method())));
    }

    @Override
    void endRequests(Supplier<? extends RuntimeException> reason) {
        // The handler has it.
    }

}
