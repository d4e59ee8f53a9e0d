package io.rpcspring.server;

import org.springframework.context.ApplicationEvent;

/**
 * Published when the server listens, on the thread that starts the application.
 */
public final class RpcServerStartedEvent extends ApplicationEvent {

    private final int port;

    RpcServerStartedEvent(RpcServer server, int port) {
        super(server);
        this.port = port;
    }

    /**
     * The port the server listens on: the real one where {@code rpc.server.port} is 0.
     * @return a port from 1 to 65535
     */
    public int port() {
        return this.port;
    }

}
