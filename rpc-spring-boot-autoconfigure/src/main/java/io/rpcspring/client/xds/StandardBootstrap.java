package io.rpcspring.client.xds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Where grpc-java itself looks for its bootstrap, in this order.
 */
enum StandardBootstrap {

    PATH_VARIABLE("GRPC_XDS_BOOTSTRAP", true), PATH_PROPERTY("io.grpc.xds.bootstrap", true),
    CONFIG_VARIABLE("GRPC_XDS_BOOTSTRAP_CONFIG", false), CONFIG_PROPERTY("io.grpc.xds.bootstrapConfig", false);

    private final String key;

    private final boolean file;

    StandardBootstrap(String key, boolean file) {
        this.key = key;
        this.file = file;
    }

    /** The first that is set, if one is. */
    static @Nullable StandardBootstrap find() {
        return Stream.of(values()).filter((one) -> one.value() != null).findFirst().orElse(null);
    }

    /** The names of all. */
    static List<String> keys() {
        return Stream.of(values()).map(StandardBootstrap::key).toList();
    }

    /** The name of the variable or system property. */
    String key() {
        return this.key;
    }

    private @Nullable String value() {
        return this.key.startsWith("GRPC") ? System.getenv(this.key) : System.getProperty(this.key);
    }

    /** The JSON. */
    String read() {
        String value = String.valueOf(value());
        try {
            return this.file ? Files.readString(Path.of(value)) : value;
        }
        catch (IOException ex) {
            throw XdsBootstrap.unreadable(this.key, value, ex);
        }
    }

}
