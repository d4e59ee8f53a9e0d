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
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

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
     * @throws IllegalArgumentException if TLS cannot be set up with the bundle
     */
    ChannelCredentials credentials(ChannelSettings.Ssl ssl) {
        if (!ssl.isOn()) {
            return InsecureChannelCredentials.create();
        }
        return (ssl.bundle() != null) ? this.credentials.computeIfAbsent(ssl.bundle(), this::follow)
                : TlsChannelCredentials.create();
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
