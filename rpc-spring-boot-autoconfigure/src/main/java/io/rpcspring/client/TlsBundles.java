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
import io.rpcspring.words.Reason;

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
     * @throws RpcConfigurationException if there is no such bundle, or it cannot be used
     */
    ChannelCredentials credentials(ChannelConfiguration channel) {
        ChannelSettings.Ssl ssl = channel.settings().ssl();
        if (!ssl.isOn()) {
            return InsecureChannelCredentials.create();
        }
        String bundle = ssl.bundle();
        if (bundle == null) {
            return TlsChannelCredentials.create();
        }
        try {
            return this.credentials.computeIfAbsent(bundle, this::follow);
        }
        catch (NoSuchSslBundleException ex) {
            throw new RpcConfigurationException(
                    "The channel '" + channel.name() + "' uses the SSL bundle '" + bundle
                            + "', which does not exist. SSL bundles: "
                            + Names.nearestFirst(bundle, this.bundles.get().getBundleNames()) + ".",
                    "Correct " + channel.property("ssl.bundle")
                            + ", or add the bundle below spring.ssl.bundle.jks or spring.ssl.bundle.pem.",
                    ex);
        }
        catch (RuntimeException ex) {
            throw new RpcConfigurationException(channel.property("ssl.bundle") + " is '" + bundle
                    + "', which cannot be used: " + Reason.of(ex) + ".",
                    "Correct the bundle below spring.ssl.bundle: files, formats and passwords.", ex);
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
