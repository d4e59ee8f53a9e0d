package io.rpcspring.server;

import java.time.Duration;

/**
 * How long the server takes to say goodbye.
 *
 * @param delay how long it still takes calls after it has said that it is not ready
 * @param grace how long calls in flight may then take
 */
public record ShutdownSettings(Duration delay, Duration grace) {
}
