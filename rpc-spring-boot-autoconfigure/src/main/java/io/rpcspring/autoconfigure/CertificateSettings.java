package io.rpcspring.autoconfigure;

import java.util.Optional;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.security.CertificateAuthentication;
import io.rpcspring.server.security.CertificateName;
import io.rpcspring.server.transport.ServerTls;

/**
 * Whether certificates say who calls.
 */
final class CertificateSettings {

    private CertificateSettings() {
    }

    /**
     * What recognises certificates, if that is wanted.
     * @throws RpcConfigurationException if no client is asked for one
     */
    static Optional<StandardAuthentication> of(RpcServerProperties properties) {
        SecurityProperties.PrincipalName principal = properties.security().certificate().principal();
        if (principal == null) {
            return Optional.empty();
        }
        ServerSslProperties ssl = properties.ssl();
        if (!ssl.isOn() || ssl.clientAuth() == ServerTls.ClientAuth.NONE) {
            throw new RpcConfigurationException(
                    "rpc.server.security.certificate.principal is set, but no client is asked for a certificate: "
                            + (ssl.isOn() ? "rpc.server.ssl.client-auth is none." : "the server has no TLS."),
                    "Set rpc.server.ssl.client-auth to need or want" + (ssl.isOn() ? "" : ", and rpc.server.ssl.bundle")
                            + ", or remove rpc.server.security.certificate.principal.");
        }
        return Optional.of(new StandardAuthentication(StandardAuthentication.Kind.CERTIFICATE,
                new CertificateAuthentication(CertificateName.valueOf(principal.name()))));
    }

}
