package io.rpcspring.client.discovery;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.regex.Pattern;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InternalEquivalentAddressGroup;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

import io.rpcspring.client.ChannelConfiguration;

/**
 * Where an instance of a service speaks gRPC, or why it cannot be called.
 *
 * @param address with zone and weight; null if there is a problem
 * @param problem what is wrong with the instance, or null
 */
record RegisteredServer(@Nullable EquivalentAddressGroup address, @Nullable String problem) {

    /** The key that says whether a server speaks TLS. */
    static final String TLS = "gRPC_tls";

    private static final Pattern PORT = Pattern.compile("[1-9]\\d{0,4}");

    private static final Pattern WEIGHT = Pattern.compile("[1-9]\\d{0,8}");

    /**
     * Reads the metadata of an instance. Its own port is that of HTTP, and never taken.
     */
    static RegisteredServer of(ServiceInstance instance, ChannelConfiguration channel) {
        Map<String, String> metadata = (instance.getMetadata() != null) ? instance.getMetadata() : Map.of();
        String key = channel.settings().discovery().portKey();
        String port = metadata.get(key);
        if (port == null) {
            return unusable(instance, "has no " + key + " in its metadata");
        }
        if (!PORT.matcher(port).matches() || Integer.parseInt(port) > 65535) {
            return unusable(instance, "has the " + key + " '" + port + "' in its metadata, which is no port");
        }
        String tls = metadata.get(TLS);
        boolean encrypted = channel.settings().ssl().isOn();
        if (tls != null && Boolean.parseBoolean(tls) != encrypted) {
            return unusable(instance, "has " + TLS + ": " + tls + " in its metadata, but the channel speaks "
                    + (encrypted ? "TLS" : "plain text"));
        }
        InetSocketAddress address = new InetSocketAddress(instance.getHost(), Integer.parseInt(port));
        return address.isUnresolved() ? unusable(instance, "has a host that cannot be resolved")
                : new RegisteredServer(new EquivalentAddressGroup(address, attributes(metadata)), null);
    }

    private static RegisteredServer unusable(ServiceInstance instance, String problem) {
        return new RegisteredServer(null, instance.getHost() + ":" + instance.getPort() + " " + problem);
    }

    /** For policies that look at them. */
    private static Attributes attributes(Map<String, String> metadata) {
        Attributes.Builder attributes = Attributes.newBuilder();
        String zone = metadata.get("zone");
        if (zone != null) {
            attributes.set(EquivalentAddressGroup.ATTR_LOCALITY_NAME, zone);
        }
        String weight = metadata.get("weight");
        if (weight != null && WEIGHT.matcher(weight).matches()) {
            attributes.set(InternalEquivalentAddressGroup.ATTR_WEIGHT, Long.valueOf(weight));
        }
        return attributes.build();
    }

}
