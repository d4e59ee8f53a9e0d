package io.rpcspring.test.fault;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;

import io.rpcspring.server.call.LiveCall;

/**
 * A call whose connection is lost after some messages.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class FaultyCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private final LiveCall<?, ?> live;

    private final MessageCount count;

    FaultyCall(ServerCall<Q, R> call, LiveCall<?, ?> live, int messages) {
        super(call);
        this.live = live;
        this.count = new MessageCount(messages, call.getMethodDescriptor().getType() == MethodType.CLIENT_STREAMING);
    }

    ServerCall.Listener<Q> start(Metadata headers, ServerCallHandler<Q, R> next) {
        return new SimpleForwardingServerCallListener<>(next.startCall(this, headers)) {

            @Override
            public void onMessage(Q message) {
                if (FaultyCall.this.count.isRequestLost()) {
                    lose();
                    return;
                }
                super.onMessage(message);
                if (FaultyCall.this.count.isLastRequest()) {
                    lose();
                }
            }

        };
    }

    @Override
    public void sendHeaders(Metadata headers) {
        if (this.count.isResponseLost()) {
            lose();
            return;
        }
        super.sendHeaders(headers);
    }

    @Override
    public void sendMessage(R message) {
        super.sendMessage(message);
        if (this.count.isLastResponse()) {
            lose();
        }
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (this.count.isResponseLost()) {
            lose();
            return;
        }
        super.close(status, trailers);
    }

    private void lose() {
        this.live.refuse(FaultEnd.lost());
    }

}
