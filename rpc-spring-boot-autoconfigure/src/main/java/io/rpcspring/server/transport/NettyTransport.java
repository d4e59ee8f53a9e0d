package io.rpcspring.server.transport;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;

import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.grpc.netty.shaded.io.netty.util.internal.ThreadExecutorMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/**
 * Makes the builder of a server that listens on a socket: the only file that names Netty.
 */
final class NettyTransport {

    private final NettyServerBuilder builder;

    /** What is built: the same, unless a mesh stands around it. */
    private final ServerBuilder<?> outer;

    /** The threads that this transport alone uses; {@code null} for the shared ones. */
    private final @Nullable EventLoopGroup ownThreads;

    NettyTransport(SocketAddress address, TransportSettings settings) {
        TransportLimits limits = settings.limits();
        boolean unix = address instanceof UnixDomainSocketAddress;
        boolean encrypted = settings.tls() != null;
        TransportSettings.Mesh mesh = settings.mesh();
        if (mesh == null) {
            this.builder = NettyServerBuilder.forAddress(address).protocolNegotiator(negotiator(settings));
            this.outer = this.builder;
        }
        else {
            TransportSettings.Mesh.Builders builders = mesh.around(address,
                    InternalNettyServerCredentials.create(negotiator(settings)));
            this.builder = (NettyServerBuilder) builders.transport();
            this.outer = builders.server();
        }
        this.builder.maxConcurrentCallsPerConnection(limits.calls())
            .maxRstFramesPerWindow(limits.resets(), seconds(limits.resetWindow()))
            .initialFlowControlWindow(limits.flowControlWindow());
        settings.timing().accept(this.builder);
        boolean own = unix || encrypted || settings.eventLoopThreads() > 0;
        boolean epoll = !unix && Epoll.isAvailable();
        this.ownThreads = own ? threads(settings.eventLoopThreads(), epoll) : null;
        if (own) {
            this.builder.bossEventLoopGroup(this.ownThreads)
                .workerEventLoopGroup(this.ownThreads)
                .channelFactory(() -> listening(unix, epoll));
        }
        if (unix) {
            // grpc-java sets it on every connection; here it would only be warned of.
            this.builder.withChildOption(ChannelOption.SO_KEEPALIVE, null);
        }
    }

    private static ProtocolNegotiator negotiator(TransportSettings settings) {
        ServerTls tls = settings.tls();
        ProtocolNegotiator negotiator = (tls != null) ? InternalProtocolNegotiators.serverTls(new CurrentContext(tls))
                : InternalProtocolNegotiators.serverPlaintext();
        Goodbyes goodbyes = settings.goodbyes();
        return (goodbyes != null) ? new OverheardNegotiator(negotiator, goodbyes) : negotiator;
    }

    static boolean isNative() {
        return Epoll.isAvailable();
    }

    ServerBuilder<?> builder() {
        return this.outer;
    }

    /** Ends the transport's own threads. Call it when the server has ended. */
    void close() {
        if (this.ownThreads != null) {
            this.ownThreads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
        }
    }

    /**
     * Runs a task on this event loop when it has done what it is at, or at once on any
     * other thread.
     */
    static void runNext(Runnable task) {
        EventExecutor loop = ThreadExecutorMap.currentExecutor();
        if (loop != null && !loop.isShuttingDown()) {
            loop.execute(task);
        }
        else {
            task.run();
        }
    }

    /** gRPC counts in an {@code int}, which ends after 68 years: nobody will notice. */
    private static int seconds(Duration window) {
        return (int) Math.min(window.toSeconds(), Integer.MAX_VALUE);
    }

    private static EventLoopGroup threads(int number, boolean epoll) {
        int threads = (number > 0) ? number : Runtime.getRuntime().availableProcessors();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("rpc-transport", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    private static ServerChannel listening(boolean unix, boolean epoll) {
        ServerChannel channel = unix ? new NioServerDomainSocketChannel()
                : epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
        channel.pipeline().addLast(new HandshakeWatch());
        return channel;
    }

    /**
     * Listens to what each connection is told at its end.
     *
     * @param negotiator makes the connections
     * @param goodbyes remembers it
     */
    private record OverheardNegotiator(ProtocolNegotiator negotiator, Goodbyes goodbyes) implements ProtocolNegotiator {

        @Override
        public AsciiString scheme() {
            return this.negotiator.scheme();
        }

        @Override
        public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
            ChannelHandler next = this.negotiator.newHandler(handler);
            return new ChannelHandlerAdapter() {

                @Override
                public void handlerAdded(ChannelHandlerContext context) {
                    handler.connection().addListener(overhearing(context.channel()));
                    context.pipeline().replace(this, null, next);
                }

            };
        }

        private Http2ConnectionAdapter overhearing(Channel channel) {
            return new Http2ConnectionAdapter() {

                @Override
                public void onGoAwaySent(int lastStream, long code, ByteBuf text) {
                    SocketAddress peer = channel.remoteAddress();
                    OverheardNegotiator.this.goodbyes.say(peer,
                            new Goodbyes.Goodbye(code, text.toString(StandardCharsets.UTF_8)));
                    // After grpc-java has told of the end: it has listened for longer.
                    var unused = channel.closeFuture()
                        .addListener((closed) -> OverheardNegotiator.this.goodbyes.forget(peer));
                }

            };
        }

        @Override
        public void close() {
            this.negotiator.close();
        }

    }

    /**
     * Tells of connections that could not be encrypted, which grpc-java does not.
     */
    private static final class HandshakeWatch extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) throws Exception {
            ((Channel) accepted).pipeline().addLast(new ChannelInboundHandlerAdapter() {

                @Override
                public void channelActive(ChannelHandlerContext connection) throws Exception {
                    watch(connection.pipeline().get(SslHandler.class), connection.channel());
                    super.channelActive(connection);
                }

            });
            super.channelRead(context, accepted);
        }

        private static void watch(@Nullable SslHandler handler, Channel connection) {
            if (handler != null) {
                var unused = handler.handshakeFuture().addListener((handshake) -> {
                    Throwable failure = handshake.cause();
                    if (failure != null && !(failure instanceof ClosedChannelException)) {
                        PeerTrouble.handshakeFailed(connection.remoteAddress(), failure);
                    }
                });
            }
        }

    }

    /**
     * Encrypts each new connection with what the bundle is at that moment.
     */
    @SuppressWarnings("deprecation") // Netty has no other name for what it asks of a
                                     // context
    private static final class CurrentContext extends SslContext {

        private final Supplier<SslContext> current;

        private CurrentContext(ServerTls tls) {
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

}
