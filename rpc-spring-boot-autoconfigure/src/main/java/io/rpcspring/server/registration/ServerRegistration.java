package io.rpcspring.server.registration;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.serviceregistry.Registration;

/**
 * Puts the server into what Spring Cloud registers, and takes it out before it drains.
 * <p>
 * The instance is Spring Cloud's, with its HTTP port; clients of the server look into its
 * metadata. It is not up while the server refuses calls.
 */
public final class ServerRegistration {

    private static final Log logger = LogFactory.getLog(ServerRegistration.class);

    private static final String PORT = "gRPC_port";

    private static final String TLS = "gRPC_tls";

    private static final String SERVICES = "gRPC_services";

    private final boolean tls;

    private final Function<Registration, Instance> instances;

    /** What is registered; written by the thread that starts the application. */
    private volatile @Nullable Instance instance;

    /** What is told of the server while it runs. */
    private volatile @Nullable Map<String, String> metadata;

    /**
     * Nothing is registered yet.
     * @param tls whether clients are to encrypt their connections
     * @param instances makes what a registration is
     */
    public ServerRegistration(boolean tls, Function<Registration, Instance> instances) {
        this.tls = tls;
        this.instances = instances;
    }

    /**
     * Spring Cloud is about to register the application, or to do so again.
     * @param registration what it registers
     */
    public void registers(Registration registration) {
        Instance known = this.instance;
        if (known == null || known.registration() != registration) {
            known = this.instances.apply(registration);
            this.instance = known;
        }
        Map<String, String> running = this.metadata;
        if (running != null) {
            known.registersServing(running);
        }
        else {
            known.registersSilent();
        }
    }

    /**
     * The server takes calls.
     * @param port where; -1 if not on the network
     * @param services their full names
     */
    public void serves(int port, Set<String> services) {
        Map<String, String> current = (port < 0) ? Map.of() : new TreeMap<>(Map.of(PORT, String.valueOf(port), TLS,
                String.valueOf(this.tls), SERVICES, String.join(",", new TreeSet<>(services))));
        this.metadata = current;
        Instance known = this.instance;
        if (known != null) {
            known.serves(current);
            logger.info("gRPC server is registered with '" + known.registration().getServiceId() + "': "
                    + String.join(", ", known.registration().getInstanceId(), current.toString()));
        }
    }

    /** Everything has started, the server among it if there is one. */
    public void allStarted() {
        Instance known = this.instance;
        if (known != null && this.metadata == null) {
            known.serves(Map.of());
        }
    }

    /** The application stops, and soon the server. */
    public void closes() {
        Instance known = this.instance;
        if (known != null && this.metadata != null) {
            known.closes();
        }
    }

    /**
     * The server is about to take no more calls. Returns when the registry was told, or
     * could not be told within a moment.
     */
    public void leaves() {
        this.metadata = null;
        Instance known = this.instance;
        if (known != null) {
            known.leaves();
            logger
                .info("Registry was told that '" + known.registration().getServiceId() + "' takes no more gRPC calls");
        }
    }

    /**
     * The application as one registry knows it.
     */
    public interface Instance {

        /**
         * What Spring Cloud registers.
         * @return always the same
         */
        Registration registration();

        /**
         * It is about to be registered, and the server does not take calls yet.
         */
        void registersSilent();

        /**
         * It is about to be registered, and the server takes calls.
         * @param metadata where and what
         */
        void registersServing(Map<String, String> metadata);

        /**
         * The server takes calls from now on, or there is none.
         * @param metadata where and what
         */
        void serves(Map<String, String> metadata);

        /** The application stops. */
        default void closes() {
        }

        /** The server is about to take no more calls. */
        void leaves();

    }

}
