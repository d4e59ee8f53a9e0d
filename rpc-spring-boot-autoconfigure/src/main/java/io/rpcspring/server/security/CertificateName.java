package io.rpcspring.server.security;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

import org.jspecify.annotations.Nullable;

/**
 * Which name of a client's certificate is the caller's.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6">RFC 5280</a>
 */
public enum CertificateName {

    /** The common name (CN) of its subject. */
    SUBJECT,

    /** Its first DNS name. */
    DNS,

    /**
     * Its SPIFFE ID, such as {@code spiffe://example.org/places}: the only URI among its
     * names, as the
     * <a href="https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md">X.509
     * SVID</a> wants it.
     */
    SPIFFE,

    /** Its first address for mail, or else that in its subject. */
    EMAIL;

    private static final String MAIL_OID = "1.2.840.113549.1.9.1";

    private static final String MAIL_TYPE = "EMAILADDRESS";

    private static final int MAIL = 1;

    private static final int DNS_NAME = 2;

    private static final int URI = 6;

    /** The name, or null if the certificate has none of this kind. */
    @Nullable String of(X509Certificate certificate) throws CertificateParsingException {
        return switch (this) {
            case SUBJECT -> inSubject(certificate, "CN");
            case DNS -> alternatives(certificate, DNS_NAME).findFirst().orElse(null);
            case SPIFFE -> spiffeId(alternatives(certificate, URI).toList());
            case EMAIL ->
                alternatives(certificate, MAIL).findFirst().orElseGet(() -> inSubject(certificate, MAIL_TYPE));
        };
    }

    private static @Nullable String spiffeId(List<String> uris) {
        return (uris.size() == 1 && uris.get(0).startsWith("spiffe://")) ? uris.get(0) : null;
    }

    /** An RDN is the more specific, the later {@link LdapName} has it. */
    private static @Nullable String inSubject(X509Certificate certificate, String type) {
        try {
            List<Rdn> parts = new LdapName(
                    certificate.getSubjectX500Principal().getName(X500Principal.RFC2253, Map.of(MAIL_OID, MAIL_TYPE)))
                .getRdns();
            return parts.stream()
                .filter((part) -> part.getType().equalsIgnoreCase(type) && part.getValue() instanceof String)
                .map((part) -> (String) part.getValue())
                .reduce((first, later) -> later)
                .orElse(null);
        }
        catch (InvalidNameException ex) {
            return null;
        }
    }

    private static Stream<String> alternatives(X509Certificate certificate, int kind)
            throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return (names != null) ? names.stream()
            .filter((name) -> Integer.valueOf(kind).equals(name.get(0)))
            .map((name) -> String.valueOf(name.get(1))) : Stream.empty();
    }

}
