package io.rpcspring.server.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.Consumer;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;

/**
 * How connections are made and kept, whatever they come through.
 *
 * @param limits what one connection may do
 * @param timing sets what grpc-java's builder knows of all transports: keep-alive, ages,
 * sizes
 * @param eventLoopThreads how many threads read and write; 0 for as many as processors,
 * shared by all servers and channels of the JVM
 * @param tls how connections are encrypted; {@code null} for plain text
 * @param mesh who decides about what comes in on the network; {@code null} for nobody
 * @param goodbyes remembers why connections are closed; {@code null} if nobody asks
 */
public record TransportSettings(TransportLimits limits, Consumer<ServerBuilder<?>> timing, int eventLoopThreads,
        @Nullable ServerTls tls, @Nullable Mesh mesh, @Nullable Goodbyes goodbyes) {

    /**
     * Somebody outside who decides who may call and how.
     */
    public interface Mesh {

        /**
         * Builds a server around the transport.
         * @param address where to listen
         * @param credentials hold unless it decides otherwise
         * @return for one server
         */
        Builders around(SocketAddress address, ServerCredentials credentials);

        /**
         * Starts a server, and returns when it listens.
         * @param server what was built
         * @throws IOException if the address cannot be had
         * @throws RpcConfigurationException if nobody decides
         */
        void start(Server server) throws IOException;

        /**
         * The same server, seen from two sides.
         *
         * @param server takes services, and is built
         * @param transport takes what concerns connections: grpc-netty-shaded's
         */
        record Builders(ServerBuilder<?> server, ServerBuilder<?> transport) {
        }

    }

}
