package io.rpcspring.server;

import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Tells the application what its server does, whatever its listeners do.
 *
 * @param publisher tells the listeners
 */
record ServerEvents(ApplicationEventPublisher publisher) {

    private static final Log logger = LogFactory.getLog(ServerEvents.class);

    /** Who cannot live with the server may say so by an exception: it is passed on. */
    void started(RpcServer server, int port, Set<String> services) {
        this.publisher.publishEvent(new RpcServerStartedEvent(server, port, services));
    }

    /** Whoever is told of the end cannot keep it from coming. */
    void stops(ApplicationEvent event) {
        try {
            this.publisher.publishEvent(event);
        }
        catch (RuntimeException | Error ex) {
            logger.error(
                    "A listener failed at " + event.getClass().getSimpleName() + "; the gRPC server stops all the same",
                    ex);
        }
    }

}
