package io.rpcspring.autoconfigure;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;

/**
 * Refuses to show the console to strangers.
 *
 * @param path where the console is, below the context path
 * @param security the web security of the application, if it has any
 */
record ConsoleExposure(String path, @Nullable WebSecurity security) {

    /**
     * Looks whether those are kept out who have not said who they are.
     * @param address where the web server listens, as configured
     * @param contextPath what all paths of the application begin with
     * @throws RpcConfigurationException if everybody could come
     */
    void check(InetAddress address, String contextPath) {
        if (address.isLoopbackAddress()
                || (this.security != null && this.security.isClosed(contextPath, this.path + "/socket"))) {
            return;
        }
        throw new RpcConfigurationException(
                "The RPC console would be open to everybody who reaches " + address.getHostAddress()
                        + " (server.address): nothing asks who they are at " + contextPath + this.path + ".",
                "Set server.address to 127.0.0.1, or add spring-boot-starter-security and have it ask at " + this.path
                        + "/**, or set rpc.console.allow-public to true if something else keeps strangers out.");
    }

    /** Knows the rules of the application's web security. */
    interface WebSecurity {

        /** Whether a stranger is kept out there. */
        boolean isClosed(String contextPath, String path);

    }

}
