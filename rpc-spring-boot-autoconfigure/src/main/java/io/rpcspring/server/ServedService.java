package io.rpcspring.server;

import java.util.Collection;
import java.util.List;

import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;

/**
 * A gRPC service and the bean that serves it.
 *
 * @param beanName the bean's name
 * @param definition its methods and their handlers
 * @param interceptors the application's, outermost first
 * @param mapsItself whether its handlers let no exception out
 * @param plainObject whether its streaming handlers hold their thread while they run
 * @param pool the pool that the bean asks for; empty if it asks for none
 */
record ServedService(String beanName, ServerServiceDefinition definition, List<ServerInterceptor> interceptors,
        boolean mapsItself, boolean plainObject, String pool) {

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

}
