package io.rpcspring.client;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Remembers why the last attempt of one call failed, which its final status often does
 * not say.
 */
final class AttemptFailure extends ClientStreamTracer.Factory {

    private volatile @Nullable Status last;

    @Nullable Status last() {
        return this.last;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {

            @Override
            public void streamClosed(Status status) {
                switch (status.getCode()) {
                    // What is over, not what went wrong.
                    case OK, CANCELLED, DEADLINE_EXCEEDED -> {
                    }
                    default -> AttemptFailure.this.last = status;
                }
            }

        };
    }

}
