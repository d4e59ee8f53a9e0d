package io.rpcspring.server;

import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;

/**
 * A service that the framework brings, such as health.
 *
 * @param definition what is served
 * @param onTransport whether its methods run on the transport's thread, unless something
 * stands before them that may block, and so answer while every pool is full; they must
 * not block then
 */
public record BuiltInService(ServerServiceDefinition definition, boolean onTransport) {

    /**
     * What it is called by.
     * @return the service's full name
     */
    public String name() {
        return this.definition.getServiceDescriptor().getName();
    }

    Stream<MethodDescriptor<?, ?>> methods() {
        return this.definition.getServiceDescriptor().getMethods().stream();
    }

}
