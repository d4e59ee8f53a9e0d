package io.rpcspring.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import io.grpc.ConnectivityState;
import io.grpc.Status;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import io.rpcspring.client.ChannelFigures;
import io.rpcspring.client.RpcChannels;

/**
 * Adds the channels to the details of the health, and never changes it.
 * <p>
 * Of two services that require each other, each would wait for the other to become
 * healthy first, and neither would recover.
 */
public final class ChannelHealth implements HealthIndicator {

    private final RpcChannels channels;

    /**
     * Looks at channels.
     * @param channels those of the application
     */
    public ChannelHealth(RpcChannels channels) {
        this.channels = channels;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        this.channels.figures().forEach((name, channel) -> health.withDetail(name, details(channel)));
        return health.build();
    }

    private static Map<String, Object> details(ChannelFigures channel) {
        Map<String, Object> details = new LinkedHashMap<>();
        ConnectivityState state = channel.state();
        details.put("state", state.name());
        details.put("connections", channel.connections());
        Status failure = channel.lastFailure();
        if (state == ConnectivityState.TRANSIENT_FAILURE && failure != null) {
            details.put("lastFailure", String.valueOf(failure.getDescription()));
        }
        return details;
    }

}
