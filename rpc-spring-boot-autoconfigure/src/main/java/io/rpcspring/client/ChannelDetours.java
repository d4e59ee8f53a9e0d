package io.rpcspring.client;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.ChannelEnvironment.Detours;

/**
 * Says which calls of one channel go to a server of this JVM instead of to its target.
 *
 * @param configuration what is configured
 * @param target where all other calls go
 * @param detours leads calls elsewhere, if anything does
 */
record ChannelDetours(ChannelConfiguration configuration, ChannelTarget target, @Nullable Detours detours) {

    /** Whether there are any. */
    boolean exist() {
        return this.detours != null && this.detours.lead(this.configuration.name(), null);
    }

    /**
     * The in-process server that answers a method in the place of the target's, if one.
     */
    @Nullable String of(MethodDescriptor<?, ?> method) {
        String server = (this.detours != null) ? this.detours.of(this.configuration.name(), method) : null;
        if (server == null && this.detours != null && this.target.targets().isEmpty()) {
            throw new RpcConfigurationException(
                    "Nothing here answers " + method.getFullMethodName() + ", and the " + this.target.name()
                            + " has no target.",
                    "Set " + this.configuration.property("target") + " to host:port, such as localhost:9090.");
        }
        return server;
    }

}
