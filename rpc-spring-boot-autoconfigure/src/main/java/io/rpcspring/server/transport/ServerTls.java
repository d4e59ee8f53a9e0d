package io.rpcspring.server.transport;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.words.Reason;

/**
 * The server's certificate, and whether it asks clients for theirs.
 * <p>
 * What cannot work stops the start. A bundle that is updated later and cannot be used is
 * logged, and connections go on with the one before it.
 */
public final class ServerTls {

    private static final Log logger = LogFactory.getLog(ServerTls.class);

    private final Supplier<SslBundles> bundles;

    private final ServerBundle own;

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
        this.own = new ServerBundle(name, clientAuth);
    }

    ClientAuth clientAuth() {
        return this.own.clientAuth();
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
        this.own.requireAmong(all.getBundleNames());
        AtomicReference<T> current = new AtomicReference<>(
                attempt(() -> checked(all.getBundle(this.own.name()), make)));
        this.listener = (updated) -> current.set(checked(updated, make));
        if (!this.watched) {
            this.watched = true;
            all.addBundleUpdateHandler(this.own.name(), this::update);
        }
        return current::get;
    }

    private <T> T checked(SslBundle bundle, Function<SslBundle, T> make) {
        this.own.require(bundle);
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
            throw this.own.unusable(ex);
        }
    }

    private synchronized void update(SslBundle updated) {
        try {
            if (this.listener != null) {
                this.listener.accept(updated);
            }
            logger.info("gRPC server uses the updated SSL bundle '" + this.own.name() + "' for new connections");
        }
        catch (RuntimeException ex) {
            logger.error("gRPC server keeps its certificate: the updated SSL bundle '" + this.own.name()
                    + "' cannot be used: " + Reason.of(ex));
        }
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
