package io.rpcspring.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.transport.Doors;
import io.rpcspring.server.transport.InProcessDoor;
import io.rpcspring.server.transport.ListenAddress;
import io.rpcspring.server.transport.TransportSettings;
import io.rpcspring.server.transport.UnixSocket;

/**
 * Where the server can be found, as {@code rpc.server} says it.
 *
 * @param address to listen on with the port; all if not set
 * @param port to listen on; the default one if nothing is set
 * @param unixSocket the path of a socket
 * @param inProcessName the name within the JVM
 */
record ServerAddresses(@Nullable String address, @Nullable Integer port, @Nullable String unixSocket,
        @Nullable String inProcessName) {

    private static final int DEFAULT_PORT = 9090;

    ServerAddresses {
        new ListenAddress(address, (port != null) ? port : DEFAULT_PORT);
    }

    /** Refuses all that an xDS control plane cannot decide about. */
    void requireOneAddress() {
        String other = (this.unixSocket != null) ? "rpc.server.unix-socket"
                : (this.inProcessName != null) ? "rpc.server.in-process-name" : null;
        if (other != null) {
            throw new RpcConfigurationException(
                    "rpc.server.xds.enabled is true, and " + other
                            + " is set, but an xDS control plane decides about one network address only.",
                    "Remove " + other + ", or rpc.server.xds.enabled.");
        }
        if (portOrDefault() == 0) {
            throw new RpcConfigurationException(
                    "rpc.server.xds.enabled is true, and rpc.server.port is 0, but an xDS control plane knows the"
                            + " server by its port.",
                    "Set rpc.server.port to the port that its listener names, or remove rpc.server.xds.enabled.");
        }
    }

    /** Refuses an address for which there is no port. */
    void requirePort() {
        if (this.address != null && this.port == null && (this.unixSocket != null || this.inProcessName != null)) {
            throw new RpcConfigurationException(
                    "rpc.server.address is '" + this.address + "', but there is no port to listen on: "
                            + ((this.unixSocket != null) ? "rpc.server.unix-socket" : "rpc.server.in-process-name")
                            + " replaces the default one.",
                    "Set rpc.server.port, or remove rpc.server.address.");
        }
    }

    Doors doors(List<InProcessDoor> inProcess, TransportSettings transport) {
        boolean elsewhere = this.unixSocket != null || this.inProcessName != null;
        ListenAddress network = (this.port != null || !elsewhere) ? new ListenAddress(this.address, portOrDefault())
                : null;
        UnixSocket socket = (this.unixSocket != null) ? new UnixSocket(Path.of(this.unixSocket)) : null;
        return new Doors(network, socket, this.inProcessName, inProcess, transport);
    }

    private int portOrDefault() {
        return (this.port != null) ? this.port : DEFAULT_PORT;
    }

}
