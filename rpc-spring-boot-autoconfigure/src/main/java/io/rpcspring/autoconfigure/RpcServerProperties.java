package io.rpcspring.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.ListenAddress;

/**
 * The server's properties.
 *
 * @param enabled Whether to start a gRPC server for the beans marked @RpcService.
 * @param address IPv4 or IPv6 address, or host name, to listen on. All interfaces if not
 * set.
 * @param port Port to listen on. 0 takes any free one.
 * @param shutdown What happens when the server stops.
 */
@ConfigurationProperties(prefix = "rpc.server", ignoreUnknownFields = false)
record RpcServerProperties(@DefaultValue("true") boolean enabled, @Nullable String address,
        @DefaultValue("9090") int port, @DefaultValue Shutdown shutdown) {

    RpcServerProperties {
        new ListenAddress(address, port);
    }

    ListenAddress listenAddress() {
        return new ListenAddress(this.address, this.port);
    }

    /**
     * What happens when the server stops.
     *
     * @param grace How long calls in flight may take before they are cancelled.
     */
    record Shutdown(@DefaultValue("30s") Duration grace) {

        Shutdown {
            if (grace.isNegative()) {
                throw new RpcConfigurationException(
                        "rpc.server.shutdown.grace is " + grace.toMillis() + "ms, which is negative.",
                        "Set rpc.server.shutdown.grace to 0s or longer, such as 30s.");
            }
        }

    }

}
