package io.rpcspring.client;

import java.util.List;
import java.util.regex.Pattern;

import io.rpcspring.RpcConfigurationException;

/**
 * Refuses channels whose credentials everybody on the way could read.
 * <p>
 * What cannot be known from the target, such as where a name leads, is not taken for
 * safe.
 */
final class ReadableCredentials {

    private static final Pattern HERE = Pattern.compile("(?i)(unix|unix-abstract|in-process):.*"
            + "|(dns://[^/]*/)?(localhost\\.?|127(\\.\\d{1,3}){3}|\\[(::1|(0:){7}1)])(:\\d+)?");

    private ReadableCredentials() {
    }

    /**
     * Looks at a configured channel when the application starts, used or not.
     * @throws RpcConfigurationException if it is to be refused; one whose target is not
     * known yet is not
     */
    static void refuseAtStart(ChannelFactory channel) {
        ChannelTarget target = channel.target();
        if (target.targets().stream().noneMatch((one) -> one.contains("${"))) {
            refuse(channel.configuration(), target.targets(), target.describe(target.targets()));
        }
    }

    /**
     * Looks at a channel before it is made.
     * @param description names the channel and its target
     * @throws RpcConfigurationException if it is to be refused
     */
    static void refuse(ChannelConfiguration configuration, List<String> targets, String description) {
        ChannelSettings settings = configuration.settings();
        List<String> shown = settings.authorizations();
        if (shown.isEmpty() || settings.ssl().isOn() || settings.insecureCredentials()
                || targets.stream().allMatch((target) -> HERE.matcher(target).matches())) {
            return;
        }
        String insecure = configuration.property("insecure-credentials");
        throw new RpcConfigurationException(
                "The " + description + " would send credentials (" + configuration.property(shown.get(0))
                        + ") in plain text, for everybody on the way to read.",
                "Turn on TLS with " + configuration.property("ssl.enabled") + ": true, or "
                        + configuration.property("ssl.bundle") + ". Where the way is safe by itself, as in a mesh that"
                        + " encrypts, set " + insecure + ": true.");
    }

}
