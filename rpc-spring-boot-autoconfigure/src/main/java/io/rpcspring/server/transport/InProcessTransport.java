package io.rpcspring.server.transport;

import io.grpc.ForwardingServerBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.inprocess.InProcessServerBuilder;

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

    @Override
    public InProcessTransport callExecutor(ServerCallExecutorSupplier executors) {
        return super.callExecutor(new LateChoice(executors));
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

}
