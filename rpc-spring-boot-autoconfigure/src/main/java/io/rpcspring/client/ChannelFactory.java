package io.rpcspring.client;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.PropertyResolver;

import io.rpcspring.RpcConfigurationException;

/**
 * Makes the channel of one name from its configuration.
 *
 * @param name the channel's name
 * @param target any grpc-java target, or {@code host:port}
 * @param placeholders resolves what the target knows only at run time
 * @param customizers change the builder, in this order
 */
record ChannelFactory(String name, String target, PropertyResolver placeholders,
        List<RpcChannelCustomizer> customizers) {

    private static final Pattern PORT = Pattern.compile(":(\\d+)$");

    /**
     * Whether the target names what exists only once the application runs, such as
     * <code>${local.rpc.server.port}</code>: it is then resolved by the first call.
     */
    boolean isKnownAtStart() {
        return !this.target.contains("${local.");
    }

    /**
     * Makes the channel. It does not connect.
     * @throws RpcConfigurationException if the target cannot work
     */
    ManagedChannel create() {
        String resolved = resolvedTarget();
        try {
            ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(resolved, InsecureChannelCredentials.create());
            this.customizers.forEach((customizer) -> customizer.customize(this.name, builder));
            return builder.build();
        }
        catch (IllegalArgumentException ex) {
            throw unusable(resolved, ex.getMessage(), ex);
        }
    }

    private String resolvedTarget() {
        String resolved;
        try {
            resolved = this.placeholders.resolveRequiredPlaceholders(this.target);
        }
        catch (IllegalArgumentException ex) {
            throw unusable(this.target, ex.getMessage(), ex);
        }
        if (resolved.isBlank()) {
            throw unusable(resolved, "it is empty", null);
        }
        Matcher port = PORT.matcher(resolved);
        if (port.find() && (port.group(1).length() > 5 || Integer.parseInt(port.group(1)) > 65535)) {
            throw unusable(resolved, port.group(1) + " is not a port from 1 to 65535", null);
        }
        return resolved;
    }

    private RpcConfigurationException unusable(String found, @Nullable String reason, @Nullable Exception cause) {
        return new RpcConfigurationException(
                "rpc.client.channels." + this.name + ".target is '" + found + "', which cannot be used: " + reason
                        + ".",
                "Set it to host:port, such as localhost:9090, or to a target whose scheme grpc-java knows,"
                        + " such as dns:///places:9090.",
                cause);
    }

}
