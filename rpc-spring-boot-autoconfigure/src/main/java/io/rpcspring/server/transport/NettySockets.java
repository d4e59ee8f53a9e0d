package io.rpcspring.server.transport;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;

/**
 * Whose sockets a transport uses, with threads that can read them.
 */
enum NettySockets {

    /** Those of the operating system, which are faster. */
    NATIVE,

    /** Those of the JDK. */
    JDK,

    /** The JDK's on a file. */
    UNIX;

    static NettySockets on(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress) {
            return UNIX;
        }
        return areNative() ? NATIVE : JDK;
    }

    static boolean areNative() {
        return Epoll.isAvailable();
    }

    /** Starts threads; 0 for as many as processors. */
    EventLoopGroup threads(int number) {
        int threads = (number > 0) ? number : Runtime.getRuntime().availableProcessors();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("rpc-transport", true),
                (this == NATIVE) ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /** What listens. */
    ServerChannel listening() {
        ServerChannel channel = switch (this) {
            case NATIVE -> new EpollServerSocketChannel();
            case JDK -> new NioServerSocketChannel();
            case UNIX -> new NioServerDomainSocketChannel();
        };
        channel.pipeline().addLast(new NettyHandshakes());
        return channel;
    }

}
