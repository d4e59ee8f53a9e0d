package io.rpcspring.client;

import io.grpc.ManagedChannelBuilder;

/**
 * Changes a channel's builder before the channel is built.
 * <p>
 * Beans of this type run in {@code @Order}, after everything that the properties set:
 * they have the last word. They run once per channel, on the thread that first uses it.
 */
@FunctionalInterface
public interface RpcChannelCustomizer {

    /**
     * Changes the builder.
     * @param channel the name of the channel
     * @param builder the builder of the channel
     */
    void customize(String channel, ManagedChannelBuilder<?> builder);

}
