package io.rpcspring.actuate;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Sanitizer;

import io.rpcspring.client.ChannelReport;
import io.rpcspring.client.RpcChannels;

/**
 * Shows the channels.
 *
 * @param channels those of the application
 * @param sanitizer asks the application's {@code SanitizingFunction} beans
 */
public record ChannelView(RpcChannels channels, Sanitizer sanitizer) {

    /** What is known of how calls are made is no secret, and asked for first. */
    private static final Set<String> OF_CALLS = Set.of("deadline", "stream-deadline", "wait-for-ready", "compression",
            "validation", "retry", "hedging");

    List<RpcReport.Channel> report(boolean showValues) {
        return this.channels.reports().stream().map((channel) -> report(channel, showValues)).toList();
    }

    private RpcReport.Channel report(ChannelReport channel, boolean showValues) {
        SettingsMask open = new SettingsMask(this.sanitizer, true);
        SettingsMask maybe = new SettingsMask(this.sanitizer, showValues);
        String prefix = channel.name().isEmpty() ? "rpc.client.defaults" : "rpc.client.channels." + channel.name();
        Map<String, Object> ofCalls = new TreeMap<>();
        Map<String, Object> others = new TreeMap<>();
        channel.settings().forEach((key, value) -> {
            boolean call = OF_CALLS.contains(key) || key.startsWith("methods.");
            (call ? ofCalls : others).put(key, value);
        });
        others.keySet().removeAll(Set.of("target", "targets"));
        return new RpcReport.Channel(channel.name(), open.value(prefix + ".target", channel.target()),
                channel.figures().addresses(), channel.state().name(), channel.figures().connections(), channel.users(),
                channel.figures().calls(), text(channel.figures().lastFailure()), open.tree(prefix, ofCalls),
                maybe.tree(prefix, others));
    }

    private static @Nullable String text(@Nullable Status failure) {
        return (failure != null) ? String.valueOf(failure.getDescription()) : null;
    }

}
