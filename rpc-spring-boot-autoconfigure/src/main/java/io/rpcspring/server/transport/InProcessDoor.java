package io.rpcspring.server.transport;

import org.springframework.util.ClassUtils;

import io.rpcspring.RpcConfigurationException;

/**
 * One more way into the server, for those within the JVM who know its name.
 * <p>
 * A bean of this type opens it. Calls that come this way pass what all calls pass, the
 * limits on sizes included; only certificates cannot be had.
 *
 * @param name the name to be found by; no two servers of a JVM can have the same
 * @param alone whether the doors that the configuration names stay shut
 */
public record InProcessDoor(String name, boolean alone) {

    private static final String LIBRARY = "io.grpc.inprocess.InProcessServerBuilder";

    public InProcessDoor {
        if (!isPossible()) {
            throw new RpcConfigurationException(
                    "The gRPC server needs the in-process transport to be called within"
                            + " the JVM, but it is not on the class path.",
                    "Add the dependency io.grpc:grpc-inprocess.");
        }
    }

    /**
     * A door beside the others.
     * @param name the name to be found by
     */
    public InProcessDoor(String name) {
        this(name, false);
    }

    /** Whether the transport is on the class path. */
    static boolean isPossible() {
        return ClassUtils.isPresent(LIBRARY, null);
    }

}
