package io.rpcspring.server.transport;

import java.net.SocketAddress;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;

import io.grpc.Attributes;
import io.grpc.Grpc;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what the server said to connections that it closes, until they have ended.
 * <p>
 * HTTP/2 has a frame for it
 * (<a href="https://www.rfc-editor.org/rfc/rfc9113#section-6.8">GOAWAY</a>), which
 * grpc-java tells no filter of.
 */
public final class Goodbyes {

    /** By the one object that is the peer's address: those of Unix sockets are equal. */
    private final Map<SocketAddress, Goodbye> said = Collections.synchronizedMap(new IdentityHashMap<>());

    /**
     * Finds what was said to a connection. Ask when it ends, and not later.
     * @param connection its attributes
     * @return null if nothing was said
     */
    public @Nullable Goodbye to(Attributes connection) {
        SocketAddress peer = connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return (peer != null) ? this.said.get(peer) : null;
    }

    /** The first word counts. */
    void say(SocketAddress peer, Goodbye goodbye) {
        this.said.putIfAbsent(peer, goodbye);
    }

    void forget(SocketAddress peer) {
        this.said.remove(peer);
    }

    /**
     * What was said.
     *
     * @param code an error code of HTTP/2; 0 for none
     * @param text what else, in grpc-java's words such as {@code max_idle}
     */
    public record Goodbye(long code, String text) {
    }

}
