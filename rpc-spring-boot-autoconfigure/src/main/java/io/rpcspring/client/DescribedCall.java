package io.rpcspring.client;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;

import io.rpcspring.RpcCallException;

/**
 * Says of which channel a call was that failed.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class DescribedCall<Q, R> extends SimpleForwardingClientCall<Q, R> {

    private final String method;

    private final String channel;

    DescribedCall(ClientCall<Q, R> call, String method, String channel) {
        super(call);
        this.method = method;
        this.channel = channel;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        super.start(new SimpleForwardingClientCallListener<>(listener) {

            @Override
            public void onClose(Status status, Metadata trailers) {
                super.onClose(status.isOk() ? status : failed(status), trailers);
            }

        }, headers);
    }

    private Status failed(Status status) {
        Status described = (status.getCode() == Status.Code.UNAVAILABLE) ? describe(status) : status;
        String call = "Call of " + this.method + " through " + this.channel;
        return described.withCause(new RpcCallException(call, status.getCause()));
    }

    /** What TLS or the network had to say is deep in the causes, which few logs show. */
    private Status describe(Status status) {
        Throwable root = status.getCause();
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        String reason = (root != null && root.getMessage() != null) ? ": " + root.getMessage() : "";
        String description = (status.getDescription() != null) ? status.getDescription() + " " : "";
        return status.withDescription(description + "[" + this.channel + reason + "]");
    }

}
