package io.rpcspring.server.registration;

import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;

/**
 * An instance of a registry of which nothing is known but what Spring Cloud's interfaces
 * say.
 * <p>
 * These have no way to register an instance that is not up, so the server is started
 * before it is registered.
 */
public final class AnyInstance implements ServerRegistration.Instance {

    private static final Log logger = LogFactory.getLog(AnyInstance.class);

    private static final String UP = "UP";

    private static final String OUT_OF_SERVICE = "OUT_OF_SERVICE";

    private final Registration registration;

    private final ServiceRegistry<Registration> registry;

    private final Runnable startServer;

    private final FreeKeys keys;

    /** Whether the registry has been told to forget it for a while. */
    private boolean out;

    /**
     * An instance that is not registered yet.
     * @param registration what is registered
     * @param registry where
     * @param startServer does nothing if it runs
     */
    public AnyInstance(Registration registration, ServiceRegistry<Registration> registry, Runnable startServer) {
        this.registration = registration;
        this.registry = registry;
        this.startServer = startServer;
        this.keys = FreeKeys.beside(registration.getMetadata());
    }

    @Override
    public Registration registration() {
        return this.registration;
    }

    @Override
    public void registersSilent() {
        this.startServer.run();
    }

    @Override
    public void registersServing(Map<String, String> metadata) {
        put(metadata);
    }

    @Override
    public void serves(Map<String, String> metadata) {
        put(metadata);
        if (this.out) {
            this.out = false;
            this.registry.register(this.registration);
            this.registry.setStatus(this.registration, UP);
        }
    }

    @Override
    public void leaves() {
        this.out = true;
        try {
            this.registry.setStatus(this.registration, OUT_OF_SERVICE);
        }
        catch (RuntimeException ex) {
            logger.warn("The registry could not be told that '" + this.registration.getServiceId()
                    + "' takes no more gRPC calls", ex);
        }
    }

    private void put(Map<String, String> metadata) {
        if (!isPut(this.keys.of(metadata))) {
            logger.warn("The registration of '" + this.registration.getServiceId()
                    + "' takes no metadata: set it where this registry is configured: " + metadata);
        }
    }

    private boolean isPut(Map<String, String> ours) {
        Map<String, String> known = this.registration.getMetadata();
        if (known == null) {
            return false;
        }
        try {
            known.putAll(ours);
            return true;
        }
        catch (UnsupportedOperationException ex) {
            return false;
        }
    }

}
