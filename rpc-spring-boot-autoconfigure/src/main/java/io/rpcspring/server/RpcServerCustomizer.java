package io.rpcspring.server;

import io.grpc.ServerBuilder;

/**
 * Changes the gRPC server's builder before the server is built.
 * <p>
 * Beans of this type run in {@code @Order}, after everything that the properties set:
 * they have the last word. They run each time the server starts, on the starting thread.
 * Leave {@code executor} and {@code callExecutor} alone: they are how calls reach their
 * pool.
 */
@FunctionalInterface
public interface RpcServerCustomizer {

    /**
     * Changes the builder.
     * @param builder the builder of the one server, with all services added
     */
    void customize(ServerBuilder<?> builder);

}
