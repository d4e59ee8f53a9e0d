package io.rpcspring.benchmark;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;

/**
 * The service as a plain object, for callers who show a token of this process's issuer.
 */
@Configuration(proxyBeanMethods = false)
@Import(StarterBench.class)
class SecuredBench {

    /** Where a server's process finds the key. */
    static final String KEY = "BENCHMARK_KEY";

    private static final KeyPair KEYS = newKeys();

    @Bean
    JwtDecoder decoder() throws GeneralSecurityException {
        byte[] key = Base64.getDecoder().decode(Objects.requireNonNull(System.getenv(KEY)));
        return NimbusJwtDecoder
            .withPublicKey((RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(key)))
            .build();
    }

    /** The key with which a server verifies tokens. */
    static String key() {
        return Base64.getEncoder().encodeToString(KEYS.getPublic().getEncoded());
    }

    /** Gives each call the same token, as the calls of one client have it. */
    static ClientInterceptor token() {
        JwtClaimsSet claims = JwtClaimsSet.builder()
            .issuer("https://issuer.example.com")
            .audience(List.of("bench"))
            .subject("a client of the benchmark")
            .claim("scope", List.of("read", "write"))
            .issuedAt(Instant.now())
            .expiresAt(Instant.now().plus(Duration.ofHours(5)))
            .build();
        String token = NimbusJwtEncoder
            .withKeyPair((RSAPublicKey) KEYS.getPublic(), (RSAPrivateKey) KEYS.getPrivate())
            .build()
            .encode(JwtEncoderParameters.from(JwsHeader.with(SignatureAlgorithm.RS256).build(), claims))
            .getTokenValue();
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        }
        catch (GeneralSecurityException ex) {
            throw new IllegalStateException(ex);
        }
    }

}
