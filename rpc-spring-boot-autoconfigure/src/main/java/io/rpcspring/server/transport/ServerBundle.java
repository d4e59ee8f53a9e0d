package io.rpcspring.server.transport;

import java.security.KeyStore;
import java.util.Collection;
import java.util.Locale;

import org.springframework.boot.ssl.SslBundle;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.transport.ServerTls.ClientAuth;
import io.rpcspring.words.Names;
import io.rpcspring.words.Reason;

/**
 * What the server needs of the bundle that is named for it.
 *
 * @param name the bundle's name
 * @param clientAuth whether clients show certificates
 */
record ServerBundle(String name, ClientAuth clientAuth) {

    void requireAmong(Collection<String> names) {
        if (!names.contains(this.name)) {
            throw new RpcConfigurationException(
                    "rpc.server.ssl.bundle is '" + this.name + "', but there is no such bundle. Bundles: "
                            + Names.nearestFirst(this.name, names) + ".",
                    "Set rpc.server.ssl.bundle to one of them, or add " + example("keystore") + ".");
        }
    }

    void require(SslBundle bundle) {
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

    RpcConfigurationException unusable(RuntimeException failure) {
        return new RpcConfigurationException(
                "rpc.server.ssl.bundle is '" + this.name + "', which cannot be used: " + Reason.of(failure) + ".",
                "Correct the bundle below spring.ssl.bundle: files, formats and passwords.", failure);
    }

    private String example(String store) {
        return "spring.ssl.bundle.jks." + this.name + "." + store + ".location (or spring.ssl.bundle.pem." + this.name
                + "." + store + ".certificate)";
    }

}
