package io.rpcspring.server;

import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;

/**
 * A gRPC service and the bean that serves it.
 *
 * @param beanName the bean's name
 * @param definition what the gRPC server gets
 * @param plainObject whether its streaming handlers hold their thread while they run
 */
record ServedService(String beanName, ServerServiceDefinition definition, boolean plainObject) {

    String name() {
        return this.definition.getServiceDescriptor().getName();
    }

    /**
     * The full names of the methods whose handlers hold a thread while a stream lives.
     */
    Stream<String> blockingStreams() {
        return this.definition.getServiceDescriptor()
            .getMethods()
            .stream()
            .filter((method) -> this.plainObject && method.getType() != MethodDescriptor.MethodType.UNARY)
            .map(MethodDescriptor::getFullMethodName);
    }

}
