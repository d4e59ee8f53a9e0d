package io.rpcspring.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;

import io.rpcspring.server.ShutdownSettings;

/**
 * What happens when the server stops.
 *
 * @param delay How long the server still takes calls after it has said that it is not
 * ready, so that load balancers notice.
 * @param grace How long calls in flight may then take before they are cancelled.
 */
record ShutdownProperties(@DefaultValue("0s") Duration delay, @DefaultValue("30s") Duration grace) {

    ShutdownProperties {
        notNegative("delay", delay, "5s");
        notNegative("grace", grace, "30s");
    }

    private static void notNegative(String property, Duration value, String example) {
        Bounds.atLeast("rpc.server.shutdown." + property, value, Duration.ZERO, example);
    }

    ShutdownSettings settings() {
        return new ShutdownSettings(this.delay, this.grace);
    }

}
