package io.rpcspring.client;

import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import org.springframework.boot.ssl.SslBundle;

/**
 * Makes builders of the channels' transport: the only place of the client that names
 * Netty.
 */
final class NettyChannels {

    private NettyChannels() {
    }

    static void flowControlWindow(ManagedChannelBuilder<?> builder, int bytes) {
        if (builder instanceof NettyChannelBuilder netty) {
            netty.flowControlWindow(bytes);
        }
    }

    /**
     * TLS with the newest state of a bundle.
     */
    static final class Tls extends SslContext {

        private static final SslProvider NATIVE_OR_JDK = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;

        /** Replaced when the bundle is updated; connections that are open keep theirs. */
        private volatile SslContext current;

        Tls(SslBundle bundle) {
            this.current = context(bundle);
        }

        void update(SslBundle bundle) {
            this.current = context(bundle);
        }

        ChannelCredentials credentials() {
            return NettySslContextChannelCredentials.create(this);
        }

        private static SslContext context(SslBundle bundle) {
            try {
                String[] ciphers = bundle.getOptions().getCiphers();
                // BoringSSL does not let the ciphers of TLS 1.3 be chosen; the JDK does.
                SslContextBuilder builder = GrpcSslContexts
                    .configure(SslContextBuilder.forClient(), (ciphers != null) ? SslProvider.JDK : NATIVE_OR_JDK)
                    .keyManager(bundle.getManagers().getKeyManagerFactory())
                    .trustManager(bundle.getManagers().getTrustManagerFactory());
                if (ciphers != null) {
                    builder.ciphers(List.of(ciphers));
                }
                if (bundle.getOptions().getEnabledProtocols() != null) {
                    builder.protocols(bundle.getOptions().getEnabledProtocols());
                }
                return builder.build();
            }
            catch (SSLException ex) {
                throw new IllegalArgumentException(ex.getMessage(), ex);
            }
        }

        @Override
        public boolean isClient() {
            return true;
        }

        @Override
        public List<String> cipherSuites() {
            return this.current.cipherSuites();
        }

        /** Deprecated, but what the base class demands. */
        @Override
        @SuppressWarnings("deprecation")
        public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
            return this.current.applicationProtocolNegotiator();
        }

        @Override
        public SSLEngine newEngine(ByteBufAllocator allocator) {
            return this.current.newEngine(allocator);
        }

        @Override
        public SSLEngine newEngine(ByteBufAllocator allocator, String host, int port) {
            return this.current.newEngine(allocator, host, port);
        }

        @Override
        public SSLSessionContext sessionContext() {
            return this.current.sessionContext();
        }

    }

}
