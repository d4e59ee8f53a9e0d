package io.rpcspring.server.transport;

import java.security.KeyStore;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.NestedExceptionUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.words.Names;

/**
 * The server's certificate, and whether it asks clients for theirs.
 * <p>
 * What cannot work stops the start. A bundle that is updated later and cannot be used is
 * logged, and connections go on with the one before it.
 */
public final class ServerTls {

    private static final Log logger = LogFactory.getLog(ServerTls.class);

    private final Supplier<SslBundles> bundles;

    private final String name;

    private final ClientAuth clientAuth;

    /** Guarded by this. */
    private @Nullable Consumer<SslBundle> listener;

    /** Whether updates are watched: they cannot be unwatched. Guarded by this. */
    private boolean watched;

    /**
     * Creates settings that look at no bundle yet.
     * @param bundles asked when the server starts
     * @param name the bundle's name
     * @param clientAuth whether clients show certificates
     */
    public ServerTls(Supplier<SslBundles> bundles, String name, ClientAuth clientAuth) {
        this.bundles = bundles;
        this.name = name;
        this.clientAuth = clientAuth;
    }

    ClientAuth clientAuth() {
        return this.clientAuth;
    }

    /**
     * Makes something of the bundle, now and whenever it is updated.
     * @param make uses the bundle, and throws if it cannot be used; forgotten when this
     * is called again
     * @return what was made last
     * @throws RpcConfigurationException if the bundle does not exist or cannot be used
     */
    synchronized <T> Supplier<T> current(Function<SslBundle, T> make) {
        SslBundles all = attempt(this.bundles);
        if (!all.getBundleNames().contains(this.name)) {
            throw new RpcConfigurationException(
                    "rpc.server.ssl.bundle is '" + this.name + "', but there is no such bundle. Bundles: "
                            + Names.nearestFirst(this.name, all.getBundleNames()) + ".",
                    "Set rpc.server.ssl.bundle to one of them, or add " + example("keystore") + ".");
        }
        AtomicReference<T> current = new AtomicReference<>(attempt(() -> checked(all.getBundle(this.name), make)));
        this.listener = (updated) -> current.set(checked(updated, make));
        if (!this.watched) {
            this.watched = true;
            all.addBundleUpdateHandler(this.name, this::update);
        }
        return current::get;
    }

    private <T> T checked(SslBundle bundle, Function<SslBundle, T> make) {
        check(bundle);
        return make.apply(bundle);
    }

    private <T> T attempt(Supplier<T> loading) {
        try {
            return loading.get();
        }
        catch (RpcConfigurationException ex) {
            throw ex;
        }
        catch (RuntimeException ex) {
            throw new RpcConfigurationException(
                    "rpc.server.ssl.bundle is '" + this.name + "', which cannot be used: " + reason(ex) + ".",
                    "Correct the bundle below spring.ssl.bundle: files, formats and passwords.", ex);
        }
    }

    private void check(SslBundle bundle) {
        if (bundle.getStores().getKeyStore() == null) {
            throw new RpcConfigurationException(
                    "rpc.server.ssl.bundle is '" + this.name + "', which has no certificate for the server.",
                    "Add " + example("keystore") + ".");
        }
        KeyStore trusted = bundle.getStores().getTrustStore();
        if (trusted == null && this.clientAuth != ClientAuth.NONE) {
            throw new RpcConfigurationException(
                    "rpc.server.ssl.client-auth is '" + this.clientAuth.name().toLowerCase(Locale.ROOT)
                            + "', but the bundle '" + this.name + "' does not say which clients to trust.",
                    "Add " + example("truststore") + ", or set rpc.server.ssl.client-auth to none.");
        }
    }

    private String example(String store) {
        return "spring.ssl.bundle.jks." + this.name + "." + store + ".location (or spring.ssl.bundle.pem." + this.name
                + "." + store + ".certificate)";
    }

    private synchronized void update(SslBundle updated) {
        try {
            if (this.listener != null) {
                this.listener.accept(updated);
            }
            logger.info("gRPC server uses the updated SSL bundle '" + this.name + "' for new connections");
        }
        catch (RuntimeException ex) {
            logger.error("gRPC server keeps its certificate: the updated SSL bundle '" + this.name
                    + "' cannot be used: " + reason(ex));
        }
    }

    private static String reason(RuntimeException ex) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
        String message = (cause.getMessage() != null) ? cause.getMessage() : cause.toString();
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }

    /**
     * Whether clients show certificates.
     */
    public enum ClientAuth {

        /** They are not asked. */
        NONE,

        /** They are asked, and may have none. One that is not trusted is refused. */
        WANT,

        /** Who has none that is trusted is refused. */
        NEED

    }

}
