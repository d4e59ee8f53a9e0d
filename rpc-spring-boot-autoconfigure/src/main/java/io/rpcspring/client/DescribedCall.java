package io.rpcspring.client;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Says of which channel it is when its server cannot be reached.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class DescribedCall<Q, R> extends SimpleForwardingClientCall<Q, R> {

    private final String channel;

    DescribedCall(ClientCall<Q, R> call, String channel) {
        super(call);
        this.channel = channel;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        super.start(new SimpleForwardingClientCallListener<>(listener) {

            @Override
            public void onClose(Status status, Metadata trailers) {
                super.onClose((status.getCode() == Status.Code.UNAVAILABLE) ? describe(status) : status, trailers);
            }

        }, headers);
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
