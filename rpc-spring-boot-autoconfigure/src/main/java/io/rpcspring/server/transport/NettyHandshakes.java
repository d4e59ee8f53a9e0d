package io.rpcspring.server.transport;

import java.nio.channels.ClosedChannelException;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * Tells {@link PeerTrouble} of connections that could not be encrypted, which grpc-java
 * does not.
 */
final class NettyHandshakes extends ChannelInboundHandlerAdapter {

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
