package io.rpcspring.test.fault;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/**
 * Passes messages on as they are.
 */
public final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

    private static final Bytes ALL = new Bytes();

    private Bytes() {
    }

    /**
     * Describes a method whose messages nobody reads.
     * @param fullName the name
     * @param type the kind of its calls
     * @return requests and responses as they are on the wire
     */
    public static MethodDescriptor<byte[], byte[]> method(String fullName, MethodType type) {
        return MethodDescriptor.newBuilder(ALL, ALL).setFullMethodName(fullName).setType(type).build();
    }

    @Override
    public InputStream stream(byte[] message) {
        return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try {
            return stream.readAllBytes();
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
