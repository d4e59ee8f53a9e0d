package io.rpcspring.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * Ends calls whose responses are too large, where the transport does not: within the JVM.
 *
 * @param most how many bytes a response may have
 */
record InboundLimit(int most) implements ClientInterceptor {

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

            @Override
            public void start(Listener<R> listener, Metadata headers) {
                super.start(new Limited<>(listener, this, method, InboundLimit.this.most), headers);
            }

        };
    }

    /**
     * Passes on what is small enough, and ends the call with what is not.
     *
     * @param <R> the type of the responses
     */
    private static final class Limited<R> extends SimpleForwardingClientCallListener<R> {

        private final ClientCall<?, R> call;

        private final MethodDescriptor<?, R> method;

        private final int most;

        /** The events of a call come one after the other. */
        private boolean ended;

        Limited(ClientCall.Listener<R> listener, ClientCall<?, R> call, MethodDescriptor<?, R> method, int most) {
            super(listener);
            this.call = call;
            this.method = method;
            this.most = most;
        }

        @Override
        public void onMessage(R message) {
            int size = this.ended ? 0 : size(message);
            if (size > this.most) {
                String text = "gRPC message exceeds maximum size " + this.most + ": " + size;
                onClose(Status.RESOURCE_EXHAUSTED.withDescription(text), new Metadata());
                this.call.cancel(text, null);
            }
            else if (!this.ended) {
                super.onMessage(message);
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (!this.ended) {
                this.ended = true;
                super.onClose(status, trailers);
            }
        }

        /** Messages of protobuf know their length without being written; so do bytes. */
        private int size(R message) {
            try (InputStream written = this.method.streamResponse(message)) {
                boolean known = written instanceof KnownLength || written instanceof ByteArrayInputStream;
                return known ? written.available() : 0;
            }
            catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }

    }

}
