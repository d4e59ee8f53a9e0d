package io.rpcspring.client.xds;

import java.util.Map;

import io.grpc.xds.InternalSharedXdsClientPoolProvider;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcConfigurationException;

/**
 * The one bootstrap that this JVM has: grpc-java reads it once, and keeps it.
 */
final class JvmBootstrap {

    /** Guarded by the class, as is where it is from. */
    private static @Nullable Map<String, ?> installed;

    private static String installedBy = "";

    private JvmBootstrap() {
    }

    /**
     * Has grpc-java take it. Doing so twice is fine.
     * @param source where it is from, as a message begins
     * @throws RpcConfigurationException if the JVM has another one
     */
    // grpc-java means to replace it by something that its own resolvers cannot be told.
    @SuppressWarnings("deprecation")
    static synchronized void install(String source, Map<String, ?> bootstrap) {
        if (installed == null) {
            InternalSharedXdsClientPoolProvider.setDefaultProviderBootstrapOverride(bootstrap);
            installed = bootstrap;
            installedBy = source;
        }
        else if (!installed.equals(bootstrap)) {
            throw new RpcConfigurationException(
                    source + " differs from what this JVM already has from " + installedBy
                            + ", and a JVM can have only one xDS bootstrap.",
                    "Give all application contexts of the JVM the same one.");
        }
    }

}
