package io.rpcspring.console;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.jspecify.annotations.Nullable;

/**
 * A host as a request names it, which may be an address. No name service is asked.
 *
 * @param name without the brackets that IPv6 has in URLs
 */
record Host(String name) {

    Host {
        name = (name.startsWith("[") && name.endsWith("]")) ? name.substring(1, name.length() - 1) : name;
    }

    boolean isNamed(String other) {
        return this.name.equalsIgnoreCase(new Host(other).name());
    }

    boolean isLoopback() {
        InetAddress address = address();
        return address != null && address.isLoopbackAddress();
    }

    /** Whether both are the same address, however it is written. */
    boolean isSame(String other) {
        InetAddress address = address();
        return address != null && address.equals(new Host(other).address());
    }

    private @Nullable InetAddress address() {
        try {
            boolean written = this.name.matches("\\d{1,3}(\\.\\d{1,3}){3}") || this.name.contains(":");
            return written ? InetAddress.getByName(this.name) : null;
        }
        catch (UnknownHostException ex) {
            return null;
        }
    }

}
