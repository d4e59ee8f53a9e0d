package io.rpcspring.server;

import org.springframework.context.ApplicationEvent;

/**
 * Published when the server has stopped, its pools included, on the thread that stopped
 * it.
 */
public final class RpcServerStoppedEvent extends ApplicationEvent {

    RpcServerStoppedEvent(RpcServer server) {
        super(server);
    }

}
