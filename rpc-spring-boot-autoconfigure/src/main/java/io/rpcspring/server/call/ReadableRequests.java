package io.rpcspring.server.call;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;

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

    /** Stands for what nobody wants, which only {@link LiveCalls} gets. */
    private static final Unreadable UNHEARD = new Unreadable(RpcErrorReason.UNREADABLE_REQUEST, Status.CANCELLED);

    private final BooleanSupplier unheard;

    /**
     * Reads all requests but those that nobody wants.
     * @param unheard whether that of the call is such, which this thread brings events
     */
    ReadableRequests(BooleanSupplier unheard) {
        this.unheard = unheard;
    }

    /** The service with parsers that do not fail. */
    ServerServiceDefinition of(ServerServiceDefinition service) {
        ServiceDescriptor descriptor = service.getServiceDescriptor();
        ServiceDescriptor.Builder careful = ServiceDescriptor.newBuilder(descriptor.getName())
            .setSchemaDescriptor(descriptor.getSchemaDescriptor());
        var methods = service.getMethods().stream().map(this::careful).toList();
        methods.forEach((method) -> careful.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder builder = ServerServiceDefinition.builder(careful.build());
        methods.forEach(builder::addMethod);
        return builder.build();
    }

    private <Q, R> ServerMethodDefinition<Q, R> careful(ServerMethodDefinition<Q, R> method) {
        MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
        MethodDescriptor.Marshaller<Q> parser = descriptor.getRequestMarshaller();
        String name = descriptor.getFullMethodName();
        MethodDescriptor.Marshaller<Q> careful = (parser instanceof MethodDescriptor.PrototypeMarshaller<Q> typed)
                ? new TypedParser<>(typed, name, this.unheard) : new Parser<>(parser, name, this.unheard);
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

    /**
     * Parses, and does not fail.
     *
     * @param <T> the type of the requests
     */
    private static class Parser<T> implements MethodDescriptor.Marshaller<T> {

        private final MethodDescriptor.Marshaller<T> parser;

        private final String method;

        private final BooleanSupplier unheard;

        Parser(MethodDescriptor.Marshaller<T> parser, String method, BooleanSupplier unheard) {
            this.parser = parser;
            this.method = method;
            this.unheard = unheard;
        }

        @Override
        public InputStream stream(T value) {
            return this.parser.stream(value);
        }

        @Override
        @SuppressWarnings("unchecked") // LiveCalls takes it out before anyone looks
        public T parse(InputStream stream) {
            try {
                return this.unheard.getAsBoolean() ? (T) UNHEARD : this.parser.parse(stream);
            }
            catch (RuntimeException ex) {
                logger.debug("A request of " + this.method + " cannot be read", ex);
                return (T) unreadable(this.method, ex);
            }
        }

    }

    /**
     * Does the same, and knows the type of the message.
     *
     * @param <T> the type of the requests
     */
    private static final class TypedParser<T> extends Parser<T> implements MethodDescriptor.PrototypeMarshaller<T> {

        private final MethodDescriptor.PrototypeMarshaller<T> typed;

        TypedParser(MethodDescriptor.PrototypeMarshaller<T> typed, String method, BooleanSupplier unheard) {
            super(typed, method, unheard);
            this.typed = typed;
        }

        @Override
        public Class<T> getMessageClass() {
            return this.typed.getMessageClass();
        }

        @Override
        public @Nullable T getMessagePrototype() {
            return this.typed.getMessagePrototype();
        }

    }

}
