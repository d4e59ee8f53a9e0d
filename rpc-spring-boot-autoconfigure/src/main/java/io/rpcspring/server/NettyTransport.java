package io.rpcspring.server;

import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;

/**
 * Makes the builder of the server's transport: the only place that names Netty.
 */
final class NettyTransport {

    private NettyTransport() {
    }

    static ServerBuilder<?> listenOn(ListenAddress address) {
        return NettyServerBuilder.forAddress(address.resolve());
    }

}
