package io.rpcspring.test.container;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;

/**
 * Finds out whether somebody else knows what a container is.
 * <p>
 * A gRPC server can be in any container, and a database in one that is marked just the
 * same: {@code @ServiceConnection(name = "redis")}.
 */
final class OtherDetails {

    /** Whether the others are being asked, who ask us, too. */
    private static final ThreadLocal<Boolean> asking = ThreadLocal.withInitial(() -> false);

    private OtherDetails() {
    }

    /** Whether a container is nobody else's. */
    static boolean areNone(Object source) {
        if (asking.get()) {
            return false;
        }
        asking.set(true);
        try {
            return new ConnectionDetailsFactories(source.getClass().getClassLoader())
                .getConnectionDetails(source, false)
                .isEmpty();
        }
        finally {
            asking.remove();
        }
    }

}
