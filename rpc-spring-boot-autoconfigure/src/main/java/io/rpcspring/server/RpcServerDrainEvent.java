package io.rpcspring.server;

import org.springframework.context.ApplicationEvent;

/**
 * Published when the server begins to stop, on the thread that stops it. It still takes
 * calls.
 */
public final class RpcServerDrainEvent extends ApplicationEvent {

    RpcServerDrainEvent(RpcServer server) {
        super(server);
    }

}
