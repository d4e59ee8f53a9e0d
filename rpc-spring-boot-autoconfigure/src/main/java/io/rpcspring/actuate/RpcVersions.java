package io.rpcspring.actuate;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.grpc.Grpc;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.server.transport.Doors;

/**
 * Adds to {@code /actuator/info} what the calls run on.
 */
public final class RpcVersions implements InfoContributor {

    private final Map<String, Object> versions = new LinkedHashMap<>();

    /**
     * Finds out the versions.
     * @param threads what runs calls that are given no pool; null without a server
     */
    public RpcVersions(PoolSettings.@Nullable Type threads) {
        put("grpc", Grpc.class.getPackage().getImplementationVersion());
        put("protobuf", protobuf());
        put("transport", Doors.areNative() ? "epoll" : "nio");
        put("threads", (threads != null) ? threads.name().toLowerCase(Locale.ROOT) : null);
    }

    private void put(String name, @Nullable String value) {
        if (value != null) {
            this.versions.put(name, value);
        }
    }

    /** Its constants would be those that this was compiled with. */
    private static @Nullable String protobuf() {
        try {
            Class<?> runtime = Class.forName("com.google.protobuf.RuntimeVersion");
            return runtime.getField("MAJOR").get(null) + "." + runtime.getField("MINOR").get(null) + "."
                    + runtime.getField("PATCH").get(null);
        }
        catch (ReflectiveOperationException ex) {
            return null;
        }
    }

    @Override
    public void contribute(Info.Builder builder) {
        builder.withDetail("rpc", this.versions);
    }

}
