package io.rpcspring.observation;

import java.util.Map;
import java.util.function.ToDoubleFunction;

import io.grpc.ConnectivityState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import io.rpcspring.client.ChannelFigures;

/**
 * Shows how each configured channel does. Channels that are opened at run time have no
 * meters: there is no end to their targets.
 */
public final class ChannelMeters {

    private static final String PREFIX = "rpc.client.channel.";

    private final MeterRegistry registry;

    /**
     * Makes the meters.
     * @param registry gets them
     * @param channels what is known of the channels, by their names
     */
    public ChannelMeters(MeterRegistry registry, Map<String, ChannelFigures> channels) {
        this.registry = registry;
        channels.forEach((name, channel) -> show(channel, Tags.of("channel", name)));
    }

    private void show(ChannelFigures channel, Tags tags) {
        for (ConnectivityState state : ConnectivityState.values()) {
            gauge(channel, "state", "1 for the state that the channel is in, 0 for the others",
                    tags.and("state", state.name()), (figures) -> (figures.state() == state) ? 1 : 0);
        }
        gauge(channel, "connections", "Open connections", tags, ChannelFigures::connections);
        gauge(channel, "users", "How often the channel was injected or asked for", tags, ChannelFigures::users);
        gauge(channel, "calls", "Calls in flight", tags, ChannelFigures::calls);
        resolutions(channel, tags.and("outcome", "success"), ChannelFigures::resolutions);
        resolutions(channel, tags.and("outcome", "failure"), ChannelFigures::failedResolutions);
    }

    private void gauge(ChannelFigures channel, String what, String description, Tags tags,
            ToDoubleFunction<ChannelFigures> figure) {
        Gauge.builder(PREFIX + what, channel, figure).description(description).tags(tags).register(this.registry);
    }

    private void resolutions(ChannelFigures channel, Tags tags, ToDoubleFunction<ChannelFigures> count) {
        FunctionCounter.builder(PREFIX + "resolutions", channel, count)
            .description("How often the channel's name was resolved, or could not be")
            .tags(tags)
            .register(this.registry);
    }

}
