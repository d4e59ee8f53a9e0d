package io.rpcspring.server;

import java.util.Set;

import org.springframework.context.ApplicationEvent;

/**
 * Published when the server listens, on the thread that starts the application.
 */
public final class RpcServerStartedEvent extends ApplicationEvent {

    private final int port;

    private final Set<String> services;

    RpcServerStartedEvent(RpcServer server, int port, Set<String> services) {
        super(server);
        this.port = port;
        this.services = Set.copyOf(services);
    }

    /**
     * The port the server listens on: the real one where {@code rpc.server.port} is 0.
     * @return a port from 1 to 65535, or -1 if the server does not listen on the network
     */
    public int port() {
        return this.port;
    }

    /**
     * The full names of the application's services.
     * @return without those that the framework brings
     */
    public Set<String> services() {
        return this.services;
    }

}
