package io.rpcspring.client;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.rpcspring.words.SettingsTree;

/**
 * What is configured for one channel, with everything it inherits.
 *
 * @param name the channel's name
 * @param targets where the servers are; none if the channel is not meant to be used by
 * name
 * @param settings the channel's settings
 * @param calls how calls are made that {@code methods} does not name
 * @param methods how the calls of single methods and services are made, by
 * {@code package.Service/Method} and {@code package.Service}
 */
public record ChannelConfiguration(String name, List<String> targets, ChannelSettings settings, CallSettings calls,
        Map<String, CallSettings> methods) {

    /** Whether the targets are those of the property {@code target}. */
    boolean hasOneTarget() {
        String target = this.settings.target();
        return this.targets.equals((target != null) ? List.of(target) : List.of());
    }

    /**
     * The settings by their property names, with secrets masked.
     * @return a tree of maps
     */
    Map<String, Object> tree() {
        Map<String, Object> tree = SettingsTree.of(this.settings);
        tree.remove(hasOneTarget() ? "targets" : "target");
        tree.remove("methods");
        tree.remove("retry");
        tree.remove("hedging");
        tree.putAll(SettingsTree.of(this.calls));
        this.methods.forEach((method, calls) -> tree.put("methods." + method, SettingsTree.of(calls)));
        return tree;
    }

    /**
     * What sets a setting of this channel.
     * @param key the last part of its name
     * @return its name, as messages have it
     */
    public String property(String key) {
        if (this.name.isEmpty()) {
            return "rpc.client.defaults." + key;
        }
        boolean plain = this.name.matches("[A-Za-z0-9-]+");
        return "rpc.client.channels." + (plain ? this.name : "\"[" + this.name + "]\"") + "." + key;
    }

    /**
     * How the calls of a method are made.
     * @param method the full name of the method
     * @param service the full name of its service
     * @return the settings of the method, or of its service, or of the channel
     */
    public CallSettings callsOf(String method, @Nullable String service) {
        CallSettings own = this.methods.get(method);
        CallSettings ofService = (own != null || service == null) ? own : this.methods.get(service);
        return (ofService != null) ? ofService : this.calls;
    }

}
