package io.rpcspring.server.transport;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

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
        SocketFile file = new SocketFile(this.path);
        if (!file.exists()) {
            return address;
        }
        if (!file.isSocket()) {
            throw new RpcConfigurationException(
                    "The gRPC server cannot listen on " + this + ": the file exists and is not a socket"
                            + " (rpc.server.unix-socket).",
                    "Remove the file, or set rpc.server.unix-socket to another path.");
        }
        if (SocketFile.isInUse(address)) {
            throw new RpcConfigurationException(
                    "The gRPC server cannot listen on " + this + ": another process listens there"
                            + " (rpc.server.unix-socket).",
                    "Stop what listens there, or set rpc.server.unix-socket to another path.");
        }
        remove(file);
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
        SocketFile file = new SocketFile(this.path);
        Object made = file.identity();
        return () -> {
            if (made != null && made.equals(file.identity())) {
                remove(file);
            }
        };
    }

    private void remove(SocketFile file) {
        try {
            file.remove();
        }
        catch (IOException ex) {
            throw cannotListen("the old socket cannot be removed (" + ex + ")", ex);
        }
    }

    /** The address as the log and the messages print it: {@code unix:/run/places}. */
    @Override
    public String toString() {
        return "unix:" + this.path;
    }

}
