package io.rpcspring.server.transport;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.grpc.netty.shaded.io.netty.util.internal.ThreadExecutorMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the builder of a server that listens on a socket.
 * <p>
 * Only types of this package that are named after Netty know it, and all others reach it
 * through this one.
 */
final class NettyTransport {

    private final NettyServerBuilder builder;

    /** What is built: the same, unless a mesh stands around it. */
    private final ServerBuilder<?> outer;

    /** The threads that this transport alone uses; {@code null} for the shared ones. */
    private final @Nullable EventLoopGroup ownThreads;

    NettyTransport(SocketAddress address, TransportSettings settings) {
        TransportLimits limits = settings.limits();
        NettySockets sockets = NettySockets.on(address);
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
        boolean own = sockets == NettySockets.UNIX || settings.tls() != null || settings.eventLoopThreads() > 0;
        this.ownThreads = own ? sockets.threads(settings.eventLoopThreads()) : null;
        if (own) {
            this.builder.bossEventLoopGroup(this.ownThreads)
                .workerEventLoopGroup(this.ownThreads)
                .channelFactory(sockets::listening);
        }
        if (sockets == NettySockets.UNIX) {
            // grpc-java sets it on every connection; here it would only be warned of.
            this.builder.withChildOption(ChannelOption.SO_KEEPALIVE, null);
        }
    }

    private static ProtocolNegotiator negotiator(TransportSettings settings) {
        ServerTls tls = settings.tls();
        ProtocolNegotiator negotiator = (tls != null) ? InternalProtocolNegotiators.serverTls(new NettyTls(tls))
                : InternalProtocolNegotiators.serverPlaintext();
        Goodbyes goodbyes = settings.goodbyes();
        return (goodbyes != null) ? new NettyGoodbyes(negotiator, goodbyes) : negotiator;
    }

    static boolean isNative() {
        return NettySockets.areNative();
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

}
