package io.rpcspring.server.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * Reads no message that is too large.
 *
 * @param <T> the type of the messages
 * @param parser reads the others
 * @param most how many bytes a message may have
 */
record LimitedParser<T>(MethodDescriptor.Marshaller<T> parser, int most) implements MethodDescriptor.Marshaller<T> {

    @Override
    public InputStream stream(T value) {
        return this.parser.stream(value);
    }

    @Override
    public T parse(InputStream message) {
        int size = size(message);
        return this.parser.parse((size > this.most) ? new TooLarge(size, this.most) : message);
    }

    /** Messages of protobuf know their length without being written; so do bytes. */
    private static int size(InputStream message) {
        try {
            boolean known = message instanceof KnownLength || message instanceof ByteArrayInputStream;
            return known ? message.available() : 0;
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Fails as a stream of the network fails, in the words of that. */
    private static final class TooLarge extends InputStream {

        private final Status failure;

        TooLarge(int size, int most) {
            this.failure = Status.RESOURCE_EXHAUSTED
                .withDescription("gRPC message exceeds maximum size " + most + ": " + size);
        }

        @Override
        public int read() {
            throw this.failure.asRuntimeException();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            throw this.failure.asRuntimeException();
        }

    }

}
