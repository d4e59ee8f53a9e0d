package io.rpcspring.autoconfigure;

import java.util.Map;
import java.util.TreeMap;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The clients' properties.
 *
 * @param channels Shared channels by the name that @RpcClient asks for.
 */
@ConfigurationProperties(prefix = "rpc.client", ignoreUnknownFields = false)
record RpcClientProperties(@DefaultValue Map<String, ChannelProperties> channels) {

    Map<String, String> targets() {
        Map<String, String> targets = new TreeMap<>();
        this.channels.forEach((name, channel) -> targets.put(name, channel.target()));
        return targets;
    }

    /**
     * One channel's properties.
     *
     * @param target Where the servers are: host:port, or any grpc-java target such as
     * dns:///places:9090.
     */
    record ChannelProperties(String target) {
    }

}
