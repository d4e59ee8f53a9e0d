package io.rpcspring.server.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.grpc.Context;
import io.grpc.ForwardingServerBuilder;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.inprocess.InProcessServerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Builds the transport within the JVM, with the limits that grpc-java's own lacks.
 */
final class InProcessTransport extends ForwardingServerBuilder<InProcessTransport> {

    private final InProcessServerBuilder builder;

    private final int messageSize;

    InProcessTransport(String name, TransportLimits limits) {
        this.builder = InProcessServerBuilder.forName(name).maxInboundMetadataSize(limits.metadataSize());
        this.messageSize = limits.messageSize();
    }

    @Override
    protected ServerBuilder<?> delegate() {
        return this.builder;
    }

    @Override
    public InProcessTransport addService(ServerServiceDefinition service) {
        ServiceDescriptor descriptor = service.getServiceDescriptor();
        ServiceDescriptor.Builder limited = ServiceDescriptor.newBuilder(descriptor.getName())
            .setSchemaDescriptor(descriptor.getSchemaDescriptor());
        var methods = service.getMethods().stream().map(this::limited).toList();
        methods.forEach((method) -> limited.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder all = ServerServiceDefinition.builder(limited.build());
        methods.forEach(all::addMethod);
        return super.addService(all.build());
    }

    /**
     * Asks for the executor not before the call is about to start: what is refused there
     * is closed at once here, and grpc-java loses the end of a call that has no start.
     */
    @Override
    public InProcessTransport callExecutor(ServerCallExecutorSupplier executors) {
        return super.callExecutor(new ServerCallExecutorSupplier() {

            @Override
            public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
                // What is late is no more in the context of the call, whose end is seen
                // by it.
                Context context = Context.current();
                return new LateExecutor(() -> {
                    Context before = context.attach();
                    try {
                        return executors.getExecutor(call, headers);
                    }
                    finally {
                        context.detach(before);
                    }
                });
            }

        });
    }

    private <Q, R> ServerMethodDefinition<Q, R> limited(ServerMethodDefinition<Q, R> method) {
        MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
        return ServerMethodDefinition.create(
                descriptor
                    .toBuilder(new LimitedParser<>(descriptor.getRequestMarshaller(), this.messageSize),
                            descriptor.getResponseMarshaller())
                    .build(),
                method.getServerCallHandler());
    }

    /**
     * Is chosen by its first task. grpc-java gives it one task after the other.
     */
    private static final class LateExecutor implements Executor {

        private final Supplier<@Nullable Executor> choice;

        private @Nullable Executor chosen;

        LateExecutor(Supplier<@Nullable Executor> choice) {
            this.choice = choice;
        }

        @Override
        public void execute(Runnable task) {
            Executor executor = this.chosen;
            if (executor == null) {
                executor = Objects.requireNonNullElse(this.choice.get(), Runnable::run);
                this.chosen = executor;
            }
            Executor runs = executor;
            Turn.runWithin(() -> runs.execute(task));
        }

    }

    /**
     * Reads no message that is too large.
     *
     * @param <T> the type of the messages
     * @param parser reads the others
     * @param most how many bytes a message may have
     */
    private record LimitedParser<T>(MethodDescriptor.Marshaller<T> parser,
            int most) implements MethodDescriptor.Marshaller<T> {

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
