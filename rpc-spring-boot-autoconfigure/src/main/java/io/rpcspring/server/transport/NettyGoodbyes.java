package io.rpcspring.server.transport;

import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;

import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.grpc.netty.shaded.io.netty.util.AsciiString;

/**
 * Listens to what each connection is told at its end, for {@link Goodbyes}.
 *
 * @param negotiator makes the connections
 * @param goodbyes remembers it
 */
record NettyGoodbyes(ProtocolNegotiator negotiator, Goodbyes goodbyes) implements ProtocolNegotiator {

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
                NettyGoodbyes.this.goodbyes.say(peer,
                        new Goodbyes.Goodbye(code, text.toString(StandardCharsets.UTF_8)));
                // After grpc-java has told of the end: it has listened for longer.
                var unused = channel.closeFuture().addListener((closed) -> NettyGoodbyes.this.goodbyes.forget(peer));
            }

        };
    }

    @Override
    public void close() {
        this.negotiator.close();
    }

}
