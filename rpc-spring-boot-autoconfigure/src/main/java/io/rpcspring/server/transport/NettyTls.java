package io.rpcspring.server.transport;

import java.util.List;
import java.util.function.Supplier;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import org.springframework.boot.ssl.SslBundle;

/**
 * Encrypts each new connection with what the bundle is at that moment.
 */
@SuppressWarnings("deprecation") // Netty has no other name for what it asks of a
                                 // context
final class NettyTls extends SslContext {

    private final Supplier<SslContext> current;

    NettyTls(ServerTls tls) {
        ClientAuth clientAuth = switch (tls.clientAuth()) {
            case NONE -> ClientAuth.NONE;
            case WANT -> ClientAuth.OPTIONAL;
            case NEED -> ClientAuth.REQUIRE;
        };
        this.current = tls.current((bundle) -> context(bundle, clientAuth));
        // A bundle that cannot be read stops the start.
        var unused = this.current.get();
    }

    private static SslContext context(SslBundle bundle, ClientAuth clientAuth) {
        String[] protocols = bundle.getOptions().getEnabledProtocols();
        String[] ciphers = bundle.getOptions().getCiphers();
        try {
            SslContextBuilder builder = GrpcSslContexts
                .configure(SslContextBuilder.forServer(bundle.getManagers().getKeyManagerFactory()))
                .trustManager(bundle.getManagers().getTrustManagerFactory())
                .clientAuth(clientAuth);
            if (protocols != null) {
                builder.protocols(protocols);
            }
            if (ciphers != null) {
                builder.ciphers(List.of(ciphers));
            }
            return builder.build();
        }
        catch (SSLException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public boolean isClient() {
        return false;
    }

    @Override
    public List<String> cipherSuites() {
        return this.current.get().cipherSuites();
    }

    @Override
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return this.current.get().applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return this.current.get().newEngine(allocator);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
        return this.current.get().newEngine(allocator, peerHost, peerPort);
    }

    @Override
    public SSLSessionContext sessionContext() {
        return this.current.get().sessionContext();
    }

}
