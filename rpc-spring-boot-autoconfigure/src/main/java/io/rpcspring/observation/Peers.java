package io.rpcspring.observation;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import org.jspecify.annotations.Nullable;

/**
 * Writes the address of each connection's other side once, for all its calls.
 */
public final class Peers extends ServerTransportFilter {

    private static final Attributes.Key<String> TEXT = Attributes.Key.create("io.rpcspring.peer");

    @Override
    public Attributes transportReady(Attributes connection) {
        return connection.toBuilder().set(TEXT, of(connection)).build();
    }

    /**
     * The address of the other side: a proxy's, if there is one between.
     * @param connection what the transport knows
     * @return such as {@code 192.0.2.1:34567}, or {@code unknown}
     */
    static String of(Attributes connection) {
        String written = connection.get(TEXT);
        return (written != null) ? written : text(connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    }

    private static String text(@Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress internet) {
            String host = internet.getHostString();
            return ((host.indexOf(':') < 0) ? host : "[" + host + "]") + ":" + internet.getPort();
        }
        return (address != null) ? address.toString() : "unknown";
    }

}
