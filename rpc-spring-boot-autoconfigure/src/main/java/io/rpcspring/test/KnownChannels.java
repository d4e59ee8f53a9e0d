package io.rpcspring.test;

import java.util.Set;
import java.util.function.Supplier;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.words.Names;

/**
 * Refuses channel names that no call could ever have.
 *
 * @param names of the channels that are configured
 */
record KnownChannels(Supplier<Set<String>> names) {

    /**
     * Finds out whether a channel is there.
     * @throws RpcConfigurationException if it is not
     */
    void require(String channel) {
        Set<String> known = this.names.get();
        if (!known.contains(channel)) {
            throw new RpcConfigurationException(
                    "The test names the channel '" + channel + "', which is not configured. Configured channels: "
                            + Names.nearestFirst(channel, known) + ".",
                    "Correct the name, or add rpc.client.channels." + channel + ".");
        }
    }

}
