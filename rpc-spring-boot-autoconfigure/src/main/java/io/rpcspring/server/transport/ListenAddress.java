package io.rpcspring.server.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;

/**
 * Where the server listens, and why it could not.
 *
 * @param host an IPv4 or IPv6 address or a host name, of which the first address counts;
 * {@code null} for all interfaces
 * @param port 0 (any free port) to 65535
 */
public record ListenAddress(@Nullable String host, int port) {

    private static final String CHOOSE_PORT = "set rpc.server.port to another port (0 for any free one)";

    public ListenAddress {
        if (port < 0 || port > 65535) {
            throw new RpcConfigurationException("rpc.server.port is " + port + ", which is not a port.",
                    "Set rpc.server.port to a port from 1 to 65535, or to 0 for any free one.");
        }
    }

    /**
     * Resolves the address, asking the name service for a host name.
     * @return the address to bind
     * @throws RpcConfigurationException if the name is unknown
     */
    public InetSocketAddress resolve() {
        if (this.host == null) {
            return new InetSocketAddress(this.port);
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(this.host), this.port);
        }
        catch (UnknownHostException ex) {
            throw new RpcConfigurationException("rpc.server.address is '" + this.host + "', which cannot be resolved.",
                    chooseAddress(), ex);
        }
    }

    /**
     * Says why the server could not listen, and the way out.
     * @param failure what grpc-java threw
     * @return the exception that stops the start
     */
    public RpcConfigurationException cannotListen(IOException failure) {
        InetSocketAddress address = resolve();
        if (!isOfThisMachine(address.getAddress())) {
            return new RpcConfigurationException(
                    "The gRPC server cannot listen on " + this
                            + ": the address is not one of this machine (rpc.server.address).",
                    chooseAddress(), failure);
        }
        String reason = (failure.getCause() != null) ? failure.getCause().getMessage() : failure.getMessage();
        if (reason != null && reason.contains("Address already in use")) {
            return new RpcConfigurationException(
                    "The gRPC server cannot listen on " + this + ": the port is in use (rpc.server.port).",
                    "Stop what listens there, or " + CHOOSE_PORT + ".", failure);
        }
        return new RpcConfigurationException("The gRPC server cannot listen on " + this + ": " + reason + ".",
                "Allow the application to listen there, or " + CHOOSE_PORT + ".", failure);
    }

    private static String chooseAddress() {
        return "Set rpc.server.address to an address of this machine (" + ownAddresses()
                + "), or remove it to listen on all of them.";
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return address.isAnyLocalAddress() || address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        }
        catch (SocketException ex) {
            return true;
        }
    }

    private static String ownAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter((address) -> !address.isLinkLocalAddress())
                .map(InetAddress::getHostAddress)
                .sorted()
                .collect(Collectors.joining(", "));
        }
        catch (SocketException ex) {
            return "unknown: " + ex.getMessage();
        }
    }

    /** The address as the log and the messages print it: {@code [::1]:9090}. */
    @Override
    public String toString() {
        if (this.host == null) {
            return "*:" + this.port;
        }
        boolean bareIpv6 = this.host.contains(":") && !this.host.startsWith("[");
        return (bareIpv6 ? "[" + this.host + "]" : this.host) + ":" + this.port;
    }

}
