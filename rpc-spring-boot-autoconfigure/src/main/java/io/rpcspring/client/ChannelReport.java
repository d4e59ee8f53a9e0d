package io.rpcspring.client;

import java.util.Map;

import io.grpc.ConnectivityState;

/**
 * Says what a channel is and how it does.
 *
 * @param name the channel's name
 * @param target where its servers are; a placeholder that has no value yet stands as it
 * is written
 * @param state the state of the best of its connections; a channel that was never used is
 * {@code IDLE}
 * @param users how often it was injected or asked for; of a channel opened at run time,
 * how many have not let go
 * @param settings what is configured for it, inherited settings included, by property
 * names; secrets are masked
 * @param figures what is known of its calls, connections and addresses
 */
public record ChannelReport(String name, String target, ConnectivityState state, int users,
        Map<String, Object> settings, ChannelFigures figures) {
}
