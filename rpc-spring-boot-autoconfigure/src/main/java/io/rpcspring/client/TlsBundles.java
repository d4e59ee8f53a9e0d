package io.rpcspring.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.words.Names;

/**
 * Turns SSL bundles into channel credentials, and follows their updates.
 * <p>
 * Channels that name the same bundle share one TLS context. An updated bundle is used by
 * new connections; one that cannot be read leaves the old one in place.
 */
final class TlsBundles {

    private static final Log logger = LogFactory.getLog(TlsBundles.class);

    private final Supplier<SslBundles> bundles;

    private final Map<String, ChannelCredentials> credentials = new ConcurrentHashMap<>();

    TlsBundles(Supplier<SslBundles> bundles) {
        this.bundles = bundles;
    }

    /**
     * The credentials of a channel.
     * @throws RpcConfigurationException if there is no such bundle
     * @throws IllegalArgumentException if TLS cannot be set up with the bundle
     */
    ChannelCredentials credentials(String channel, ChannelSettings.Ssl ssl) {
        if (!ssl.isOn()) {
            return InsecureChannelCredentials.create();
        }
        if (ssl.bundle() == null) {
            return TlsChannelCredentials.create();
        }
        try {
            return this.credentials.computeIfAbsent(ssl.bundle(), this::follow);
        }
        catch (NoSuchSslBundleException ex) {
            throw new RpcConfigurationException(
                    "The channel '" + channel + "' uses the SSL bundle '" + ssl.bundle()
                            + "', which does not exist. SSL bundles: "
                            + Names.nearestFirst(ssl.bundle(), this.bundles.get().getBundleNames()) + ".",
                    "Correct rpc.client.channels." + channel
                            + ".ssl.bundle, or add the bundle below spring.ssl.bundle.jks or spring.ssl.bundle.pem.",
                    ex);
        }
    }

    private ChannelCredentials follow(String name) {
        SslBundles all = this.bundles.get();
        NettyChannels.Tls tls = new NettyChannels.Tls(all.getBundle(name));
        all.addBundleUpdateHandler(name, (updated) -> update(name, tls, updated));
        return tls.credentials();
    }

    private static void update(String name, NettyChannels.Tls tls, @Nullable SslBundle updated) {
        if (updated == null) {
            return;
        }
        try {
            tls.update(updated);
            logger.info("New connections of channels use the updated SSL bundle '" + name + "'");
        }
        catch (RuntimeException ex) {
            logger.error("The updated SSL bundle '" + name + "' cannot be used; channels stay with the one before", ex);
        }
    }

}
