package io.rpcspring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.transport.ServerTls;

/**
 * How connections are encrypted.
 *
 * @param enabled Whether to use TLS. On by itself if there is a bundle.
 * @param bundle SSL bundle with the server's certificate. Connections are plain text if
 * not set.
 * @param clientAuth Whether clients show a certificate: none, want or need.
 */
record ServerSslProperties(@Nullable Boolean enabled, @Nullable String bundle,
        @DefaultValue("none") ServerTls.ClientAuth clientAuth) {

    ServerSslProperties {
        if (bundle == null && Boolean.TRUE.equals(enabled)) {
            throw new RpcConfigurationException("rpc.server.ssl.enabled is true, but rpc.server.ssl.bundle is not set.",
                    "Set rpc.server.ssl.bundle to the SSL bundle with the server's certificate,"
                            + " or remove rpc.server.ssl.enabled.");
        }
        if (bundle == null && enabled == null && clientAuth != ServerTls.ClientAuth.NONE) {
            throw new RpcConfigurationException("rpc.server.ssl.client-auth is set, but rpc.server.ssl.bundle is not.",
                    "Set rpc.server.ssl.bundle to the SSL bundle with the server's certificate,"
                            + " or remove rpc.server.ssl.client-auth.");
        }
    }

    boolean isOn() {
        return (this.enabled != null) ? this.enabled : this.bundle != null;
    }

}
