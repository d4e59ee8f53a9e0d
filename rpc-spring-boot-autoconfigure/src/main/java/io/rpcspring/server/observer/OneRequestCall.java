package io.rpcspring.server.observer;

import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcErrorReason;
import io.rpcspring.server.call.LastResort;

/**
 * A call of a method that takes one request, and is called when it is whole.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class OneRequestCall<Q, R> extends ObserverCall<Q, R> {

    private @Nullable Q request;

    /** The client has broken the rules, and been told. */
    private boolean refused;

    /** The transport was ready before anybody could be told. */
    private boolean wasReady;

    OneRequestCall(ObserverMethod<Q, R> method, ServerCall<Q, R> call) {
        super(method, call);
    }

    @Override
    public void onMessage(Q message) {
        if (this.request == null) {
            this.request = message;
        }
        else if (!this.refused) {
            refuse("Too many requests");
        }
    }

    @Override
    public void onHalfClose() {
        Q only = this.request;
        this.request = null;
        if (only == null) {
            refuse("Half-closed without a request");
        }
        else if (!this.refused) {
            try {
                method().invoke(only, responses());
                freeze();
            }
            catch (Throwable ex) {
                responses().thrown(ex);
            }
            if (this.wasReady) {
                super.onReady();
            }
        }
    }

    /** In the words of grpc-java, whose services these are. */
    private void refuse(String why) {
        this.refused = true;
        LastResort.close(call(),
                method().failures()
                    .statuses()
                    .of(RpcErrorReason.WRONG_REQUEST_COUNT, Status.INTERNAL.withDescription(why)));
    }

    @Override
    public void onReady() {
        this.wasReady = true;
        super.onReady();
    }

}
