package io.rpcspring.server.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.function.Function;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.transport.TransportSettings.Mesh;

/**
 * One open way into the server.
 *
 * @param server what listens
 * @param port its port, which it keeps where the way is closed for a while; -1 if it has
 * none
 * @param name the address as the log prints it
 * @param closed runs when nothing listens any more
 * @param ended runs when the last connection has ended
 */
record Door(Server server, int port, String name, Runnable closed, Runnable ended) {

    /** What has none says so. */
    static final int NO_PORT = -1;

    static Door onNetwork(ListenAddress address, TransportSettings settings, Consumer<ServerBuilder<?>> configure) {
        InetSocketAddress socket = address.resolve();
        NettyTransport transport = new NettyTransport(socket, settings);
        Server server = start(transport, configure, settings.mesh(), address::cannotListen);
        int port = server.getPort();
        return new Door(server, port, new ListenAddress(address.host(), port).toString(), Door::nothing,
                transport::close);
    }

    static Door onUnixSocket(UnixSocket socket, TransportSettings settings, Consumer<ServerBuilder<?>> configure) {
        NettyTransport transport = new NettyTransport(socket.claim(), settings);
        Server server = start(transport, configure, null, socket::cannotListen);
        return new Door(server, NO_PORT, socket.toString(), socket.remover(), transport::close);
    }

    static Door inProcess(String name, String property, TransportSettings settings,
            Consumer<ServerBuilder<?>> configure) {
        String address = "in-process:" + name;
        boolean configured = !property.isEmpty();
        Server server = start(new InProcessTransport(name, settings.limits()), configure, null,
                (failure) -> new RpcConfigurationException(
                        "The gRPC server cannot listen on " + address + ": another server of this JVM has the name"
                                + (configured ? " (" + property + ")." : "."),
                        "Stop the other server" + (configured ? ", or set " + property + " to another name." : "."),
                        failure));
        return new Door(server, NO_PORT, address, Door::nothing, Door::nothing);
    }

    private static Server start(NettyTransport transport, Consumer<ServerBuilder<?>> configure, @Nullable Mesh mesh,
            Function<IOException, RpcConfigurationException> failed) {
        try {
            return start(transport.builder(), configure, mesh, failed);
        }
        catch (RuntimeException ex) {
            transport.close();
            throw ex;
        }
    }

    private static Server start(ServerBuilder<?> builder, Consumer<ServerBuilder<?>> configure, @Nullable Mesh mesh,
            Function<IOException, RpcConfigurationException> failed) {
        configure.accept(builder);
        try {
            Server server = builder.build();
            if (mesh != null) {
                mesh.start(server);
                return server;
            }
            return server.start();
        }
        catch (IOException ex) {
            throw failed.apply(ex);
        }
    }

    private static void nothing() {
    }

}
