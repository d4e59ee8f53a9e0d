package io.rpcspring.server.transport;

import java.time.Duration;

/**
 * What one connection may do.
 *
 * @param calls how many calls it may have in flight, at least 1
 * @param resets how many resets it may cause within the reset window, at least 1
 * @param resetWindow how long resets are counted before the count starts anew, in whole
 * seconds
 * @param flowControlWindow how many bytes a stream may have unread to begin with; gRPC
 * adjusts it to the line
 * @param messageSize how many bytes a request message may have
 * @param metadataSize how many bytes the headers of a call may have
 */
public record TransportLimits(int calls, int resets, Duration resetWindow, int flowControlWindow, int messageSize,
        int metadataSize) {
}
