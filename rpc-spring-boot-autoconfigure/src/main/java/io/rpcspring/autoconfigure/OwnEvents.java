package io.rpcspring.autoconfigure;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;

import io.rpcspring.server.RpcServer;

/**
 * Tells the events of a context and its server from those of its children, which reach
 * its listeners, too.
 *
 * @param context whose events count
 */
record OwnEvents(ApplicationContext context) {

    /** The name of the context's server. */
    static final String SERVER = "rpcServer";

    /**
     * Whether an event is about this context or its server. One that names neither a
     * context nor a server is taken for an own one.
     */
    boolean include(ApplicationEvent event) {
        Object source = event.getSource();
        if (source instanceof RpcServer) {
            return this.context.containsLocalBean(SERVER) && source == this.context.getBean(SERVER);
        }
        return !(source instanceof ApplicationContext other) || !isBelow(other);
    }

    private boolean isBelow(ApplicationContext other) {
        ApplicationContext parent = other.getParent();
        return parent != null && (parent == this.context || isBelow(parent));
    }

}
