package io.rpcspring.client;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.PropertyResolver;

import io.rpcspring.RpcConfigurationException;

/**
 * Where a channel's servers are, as configured or as asked for at run time.
 *
 * @param channel the channel's name
 * @param property what sets the targets, as messages name it
 * @param targets the targets, with placeholders
 * @param literal whether what looks like a placeholder is none: who asks at run time may
 * have the target from others, who must not read the application's properties with it
 */
record ChannelTarget(String channel, String property, List<String> targets, boolean literal) {

    private static final Pattern PORT = Pattern.compile(":(\\d+)$");

    private static final Pattern UNDERSCORE = Pattern.compile("(?:dns:(?://[^/]*/)?)?([^:/\\[]*_[^:/]*)(?::\\d+)?");

    private static final List<String> ALONE = List.of("unix:", InProcess.SCHEME, ControlPlane.SCHEME);

    static ChannelTarget of(ChannelConfiguration configuration) {
        return new ChannelTarget(configuration.name(),
                "rpc.client.channels." + configuration.name() + (configuration.hasOneTarget() ? ".target" : ".targets"),
                configuration.targets(), false);
    }

    static ChannelTarget atRunTime(ChannelConfiguration configuration, String target) {
        return new ChannelTarget(configuration.name(), "The target that was asked for", List.of(target), true);
    }

    /**
     * Whether the target names what exists only once the application runs, such as
     * <code>${local.rpc.server.port}</code>: it is then resolved by the first call.
     */
    boolean isKnownAtStart() {
        return this.literal || this.targets.stream().noneMatch((target) -> target.contains("${local."));
    }

    /**
     * The targets without placeholders.
     * @throws RpcConfigurationException if one cannot work
     */
    List<String> resolved(PropertyResolver placeholders) {
        if (this.targets.isEmpty()) {
            throw new RpcConfigurationException("The channel '" + this.channel + "' has no target.",
                    "Set " + this.property + " to host:port, such as localhost:9090.");
        }
        return this.targets.stream().map((target) -> resolved(target, placeholders)).toList();
    }

    /** The targets as far as they are known now. */
    List<String> known(PropertyResolver placeholders) {
        return this.literal ? this.targets : this.targets.stream().map(placeholders::resolvePlaceholders).toList();
    }

    private String resolved(String target, PropertyResolver placeholders) {
        String resolved;
        try {
            resolved = this.literal ? target : placeholders.resolveRequiredPlaceholders(target);
        }
        catch (IllegalArgumentException ex) {
            throw unusable(target, ex.getMessage(), ex);
        }
        if (resolved.isBlank()) {
            throw unusable(resolved, "it is empty", null);
        }
        Matcher port = PORT.matcher(resolved);
        if (port.find() && (port.group(1).length() > 5 || Integer.parseInt(port.group(1)) > 65535)) {
            throw unusable(resolved, port.group(1) + " is not a port from 1 to 65535", null);
        }
        Matcher underscore = UNDERSCORE.matcher(resolved);
        if (underscore.matches()) {
            throw new RpcConfigurationException(
                    this.property + " is '" + resolved + "', which cannot be used: the host name '"
                            + underscore.group(1) + "' has an underscore, which host names cannot have.",
                    "Give the host a name with hyphens instead, such as a network alias, or use its address.");
        }
        if (this.targets.size() > 1 && ALONE.stream().anyMatch(resolved::startsWith)) {
            throw unusable(resolved, "it can only be a channel's single target", null);
        }
        return resolved;
    }

    RpcConfigurationException unusable(String found, @Nullable String reason, @Nullable Exception cause) {
        return new RpcConfigurationException(
                this.property + " is '" + found + "', which cannot be used: " + reason + ".",
                "Set it to host:port, such as localhost:9090, or to a target whose scheme grpc-java knows,"
                        + " such as dns:///places:9090.",
                cause);
    }

    /** How messages name the channel. */
    String name() {
        return this.channel.isEmpty() ? "channel to " + String.join(", ", this.targets)
                : "channel '" + this.channel + "'";
    }

    /** Names the channel and its target in messages about calls. */
    String describe(List<String> resolved) {
        return this.channel.isEmpty() ? name() : name() + " to " + String.join(", ", resolved);
    }

}
