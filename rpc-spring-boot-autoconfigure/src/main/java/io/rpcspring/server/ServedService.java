package io.rpcspring.server;

import java.util.Collection;
import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;

/**
 * A gRPC service and the bean that serves it.
 *
 * @param beanName the bean's name
 * @param definition what the gRPC server gets
 * @param plainObject whether its streaming handlers hold their thread while they run
 * @param pool the pool that the bean asks for; empty if it asks for none
 */
record ServedService(String beanName, ServerServiceDefinition definition, boolean plainObject, String pool) {

    String name() {
        return this.definition.getServiceDescriptor().getName();
    }

    Collection<MethodDescriptor<?, ?>> methods() {
        return this.definition.getServiceDescriptor().getMethods();
    }

    /** Whether a method's handler holds a thread while a stream lives. */
    boolean holdsThread(MethodDescriptor<?, ?> method) {
        return this.plainObject && method.getType() != MethodDescriptor.MethodType.UNARY;
    }

    /**
     * The full names of the methods whose handlers hold a thread while a stream lives.
     */
    Stream<String> blockingStreams() {
        return methods().stream().filter(this::holdsThread).map(MethodDescriptor::getFullMethodName);
    }

}
