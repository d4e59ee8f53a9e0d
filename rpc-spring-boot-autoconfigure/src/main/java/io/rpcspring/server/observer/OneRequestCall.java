package io.rpcspring.server.observer;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

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
        call().close(Status.INTERNAL.withDescription(why), new Metadata());
    }

    @Override
    public void onReady() {
        this.wasReady = true;
        super.onReady();
    }

}
