package io.rpcspring.server.transport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;

/**
 * A file that the server listens on.
 *
 * @param path the file, made when the server starts and removed when it stops
 */
public record UnixSocket(Path path) {

    /** What the address of a Unix socket has room for, less its end. */
    private static final int LONGEST = 107;

    public UnixSocket {
        String text = path.toString();
        if (text.length() > LONGEST) {
            throw new RpcConfigurationException(
                    "rpc.server.unix-socket is '" + text + "', which is longer than the " + LONGEST
                            + " characters that a Unix socket can have.",
                    "Set rpc.server.unix-socket to a shorter path.");
        }
    }

    /**
     * Removes the file that a server left behind which did not stop in order.
     * @return the address to bind
     * @throws RpcConfigurationException if the file is in use, or not a socket
     */
    UnixDomainSocketAddress claim() {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(this.path);
        if (!Files.exists(this.path, LinkOption.NOFOLLOW_LINKS)) {
            return address;
        }
        if (!isSocket()) {
            throw new RpcConfigurationException(
                    "The gRPC server cannot listen on " + this + ": the file exists and is not a socket"
                            + " (rpc.server.unix-socket).",
                    "Remove the file, or set rpc.server.unix-socket to another path.");
        }
        if (isInUse(address)) {
            throw new RpcConfigurationException(
                    "The gRPC server cannot listen on " + this + ": another process listens there"
                            + " (rpc.server.unix-socket).",
                    "Stop what listens there, or set rpc.server.unix-socket to another path.");
        }
        remove();
        return address;
    }

    /**
     * Says why the server could not listen, and the way out.
     * @param failure what grpc-java threw
     * @return the exception that stops the start
     */
    RpcConfigurationException cannotListen(IOException failure) {
        Throwable reason = (failure.getCause() != null) ? failure.getCause() : failure;
        return cannotListen(String.valueOf(reason.getMessage()), failure);
    }

    private RpcConfigurationException cannotListen(String reason, IOException failure) {
        return new RpcConfigurationException("The gRPC server cannot listen on " + this + ": " + reason + ".",
                "Set rpc.server.unix-socket to a file in a folder that exists and that the application may write to.",
                failure);
    }

    /**
     * Remembers the file that has just been made.
     * @return removes that file, and not what may have taken its place
     */
    Runnable remover() {
        Object made = identity();
        return () -> {
            if (made != null && made.equals(identity())) {
                remove();
            }
        };
    }

    private @Nullable Object identity() {
        try {
            return Files.readAttributes(this.path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        }
        catch (IOException ex) {
            return null;
        }
    }

    private void remove() {
        try {
            Files.deleteIfExists(this.path);
        }
        catch (IOException ex) {
            throw cannotListen("the old socket cannot be removed (" + ex + ")", ex);
        }
    }

    private boolean isSocket() {
        try {
            return Files.readAttributes(this.path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther();
        }
        catch (IOException ex) {
            return false;
        }
    }

    private static boolean isInUse(UnixDomainSocketAddress address) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(address);
        }
        catch (IOException ex) {
            return false;
        }
    }

    /** The address as the log and the messages print it: {@code unix:/run/places}. */
    @Override
    public String toString() {
        return "unix:" + this.path;
    }

}
