package io.rpcspring.server.security;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;

import io.rpcspring.RpcContext;

/**
 * Recognises the certificate that a client has shown for its connection.
 * <p>
 * TLS has verified it. A certificate without a name of the wanted kind is nobody's.
 *
 * @param principal which of its names is the caller's
 */
public record CertificateAuthentication(CertificateName principal) implements RpcAuthentication {

    @Override
    public @Nullable Authentication authenticate(RpcContext call) {
        SSLSession session = call.tlsSession();
        X509Certificate certificate = (session != null) ? certificate(session) : null;
        String name = (certificate != null) ? name(certificate) : null;
        return (name != null) ? UsernamePasswordAuthenticationToken.authenticated(name, certificate,
                List.of(FactorGrantedAuthority.fromAuthority(FactorGrantedAuthority.X509_AUTHORITY))) : null;
    }

    private static @Nullable X509Certificate certificate(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return (chain.length > 0 && chain[0] instanceof X509Certificate own) ? own : null;
        }
        catch (SSLPeerUnverifiedException ex) {
            return null;
        }
    }

    private @Nullable String name(X509Certificate certificate) {
        try {
            return this.principal.of(certificate);
        }
        catch (CertificateParsingException ex) {
            throw new BadCredentialsException("The certificate's names cannot be read", ex);
        }
    }

}
