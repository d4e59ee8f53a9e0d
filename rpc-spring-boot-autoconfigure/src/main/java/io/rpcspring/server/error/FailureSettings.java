package io.rpcspring.server.error;

/**
 * What clients are told of exceptions that nobody maps.
 *
 * @param includeMessage whether they get its message
 * @param passOnClientFailures whether they get the status of a call that the handler has
 * made itself
 */
public record FailureSettings(boolean includeMessage, boolean passOnClientFailures) {
}
