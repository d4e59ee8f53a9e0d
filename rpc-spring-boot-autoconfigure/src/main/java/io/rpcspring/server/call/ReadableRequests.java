package io.rpcspring.server.call;

import java.io.IOException;
import java.io.InputStream;

import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcErrorReason;

/**
 * Answers requests that cannot be read with what is wrong with them.
 * <p>
 * grpc-java parses a request before any interceptor sees it, and ends the call with
 * {@code UNKNOWN} and a stack trace in the log when that fails. Here the parser does not
 * fail but returns a mark in place of the message, and {@link LiveCalls} closes the call:
 * {@code INVALID_ARGUMENT} for what is no message of the type, {@code INTERNAL} for what
 * cannot be decompressed, {@code RESOURCE_EXHAUSTED} for what is too large.
 */
final class ReadableRequests {

    private static final Log logger = LogFactory.getLog(ReadableRequests.class);

    private ReadableRequests() {
    }

    /** The service with parsers that do not fail. */
    static ServerServiceDefinition of(ServerServiceDefinition service) {
        ServiceDescriptor descriptor = service.getServiceDescriptor();
        ServiceDescriptor.Builder careful = ServiceDescriptor.newBuilder(descriptor.getName())
            .setSchemaDescriptor(descriptor.getSchemaDescriptor());
        var methods = service.getMethods().stream().map(ReadableRequests::careful).toList();
        methods.forEach((method) -> careful.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder builder = ServerServiceDefinition.builder(careful.build());
        methods.forEach(builder::addMethod);
        return builder.build();
    }

    private static <Q, R> ServerMethodDefinition<Q, R> careful(ServerMethodDefinition<Q, R> method) {
        MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
        MethodDescriptor.Marshaller<Q> parser = descriptor.getRequestMarshaller();
        String name = descriptor.getFullMethodName();
        MethodDescriptor.Marshaller<Q> careful = (parser instanceof MethodDescriptor.PrototypeMarshaller<Q> typed)
                ? new TypedParser<>(typed, name) : new Parser<>(parser, name);
        return ServerMethodDefinition.create(descriptor.toBuilder(careful, descriptor.getResponseMarshaller()).build(),
                method.getServerCallHandler());
    }

    /**
     * Why a request is refused.
     * @param request what a parser has made of it
     * @return what the client gets, or null if the request is a message
     */
    static @Nullable Unreadable refusal(@Nullable Object request) {
        return (request instanceof Unreadable unreadable) ? unreadable : null;
    }

    @SuppressWarnings("unchecked") // LiveCalls takes it out before anyone looks
    private static <T> T parse(MethodDescriptor.Marshaller<T> parser, InputStream stream, String method) {
        try {
            return parser.parse(stream);
        }
        catch (RuntimeException ex) {
            logger.debug("A request of " + method + " cannot be read", ex);
            return (T) unreadable(method, ex);
        }
    }

    private static Unreadable unreadable(String method, RuntimeException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof StatusRuntimeException known) {
            boolean large = known.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
            return new Unreadable(large ? RpcErrorReason.MESSAGE_TOO_LARGE : RpcErrorReason.UNREADABLE_REQUEST,
                    known.getStatus());
        }
        boolean stream = cause instanceof IOException && !cause.getClass().getName().contains("protobuf");
        String request = "The request of " + method;
        return new Unreadable(RpcErrorReason.UNREADABLE_REQUEST, stream
                ? Status.INTERNAL.withDescription(request + " cannot be decompressed: " + cause.getMessage())
                : Status.INVALID_ARGUMENT.withDescription(request + " is not a valid message: " + cause.getMessage()));
    }

    /** Stands for a message that could not be parsed. */
    record Unreadable(RpcErrorReason reason, Status status) {
    }

    /** Parses, and does not fail. */
    private record Parser<T>(MethodDescriptor.Marshaller<T> parser,
            String method) implements MethodDescriptor.Marshaller<T> {

        @Override
        public InputStream stream(T value) {
            return this.parser.stream(value);
        }

        @Override
        public T parse(InputStream stream) {
            return ReadableRequests.parse(this.parser, stream, this.method);
        }

    }

    /** Does the same, and knows the type of the message. */
    private record TypedParser<T>(MethodDescriptor.PrototypeMarshaller<T> parser,
            String method) implements MethodDescriptor.PrototypeMarshaller<T> {

        @Override
        public Class<T> getMessageClass() {
            return this.parser.getMessageClass();
        }

        @Override
        public @Nullable T getMessagePrototype() {
            return this.parser.getMessagePrototype();
        }

        @Override
        public InputStream stream(T value) {
            return this.parser.stream(value);
        }

        @Override
        public T parse(InputStream stream) {
            return ReadableRequests.parse(this.parser, stream, this.method);
        }

    }

}
