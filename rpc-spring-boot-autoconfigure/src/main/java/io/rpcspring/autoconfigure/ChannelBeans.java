package io.rpcspring.autoconfigure;

import java.util.List;

import io.grpc.CallCredentials;
import org.springframework.beans.factory.ListableBeanFactory;

import io.rpcspring.RpcConfigurationException;

/**
 * Finds the application's beans that belong to a channel.
 *
 * @param beans where they are
 */
record ChannelBeans(ListableBeanFactory beans) {

    CallCredentials credentials(String channel, String name) {
        List<String> known = List.of(this.beans.getBeanNamesForType(CallCredentials.class));
        if (!known.contains(name)) {
            throw new RpcConfigurationException(
                    "The channel '" + channel + "' takes its credentials from '" + name
                            + "', but no CallCredentials bean has this name. CallCredentials beans: "
                            + RpcConfigurationException.nearestFirst(name, known) + ".",
                    "Correct rpc.client.channels." + channel + ".credentials, or add the bean.");
        }
        return this.beans.getBean(name, CallCredentials.class);
    }

}
