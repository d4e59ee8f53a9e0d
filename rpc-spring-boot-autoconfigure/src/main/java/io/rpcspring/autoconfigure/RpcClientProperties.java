package io.rpcspring.autoconfigure;

import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.RpcConfigurationException;

/**
 * The clients' properties.
 *
 * @param channels shared channels by the name that @RpcClient asks for
 */
@ConfigurationProperties("rpc.client")
record RpcClientProperties(@DefaultValue Map<String, ChannelProperties> channels) {

    Map<String, String> targets() {
        Map<String, String> targets = new TreeMap<>();
        this.channels.forEach((name, channel) -> targets.put(name, channel.requiredTarget(name)));
        return targets;
    }

    /**
     * One channel's properties.
     *
     * @param target where the servers are: host:port, or any grpc-java target such as
     * dns:///places:9090
     */
    record ChannelProperties(@Nullable String target) {

        String requiredTarget(String channel) {
            if (this.target != null) {
                return this.target;
            }
            String property = "rpc.client.channels." + channel + ".target";
            throw new RpcConfigurationException(
                    "The channel '" + channel + "' has no target: " + property + " is not set.",
                    "Set " + property + " to host:port, such as localhost:9090.");
        }

    }

}
