package io.rpcspring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.ServerBuilder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.rpcspring.server.error.ResponseMetadata;
import io.rpcspring.server.transport.TransportLimits;

/**
 * What one connection or call may cost.
 *
 * @param handshakeTimeout How long a new connection may take to speak TLS and HTTP/2
 * before it is closed.
 * @param callsPerConnection How many calls one connection may have in flight. Clients
 * hold back what is more.
 * @param messageSize How large a request message may be, also after it is decompressed.
 * @param metadataSize How large the headers of a call may be.
 * @param responseMetadataSize How large the headers, and the trailers with the status,
 * may be that a call answers. What is larger is cut. Clients accept 8KB by default.
 * @param resets How many resets one connection may cause within reset-window before it is
 * closed. A cancelled call is one, so is one whose deadline passes, one that ends before
 * the client has sent everything, and one that breaks the protocol.
 * @param resetWindow How long resets are counted before the count starts anew. Whole
 * seconds.
 * @param flowControlWindow How much of a stream a client may send before the server has
 * read it. gRPC enlarges it for fast lines.
 */
record LimitProperties(@DefaultValue("10s") Duration handshakeTimeout, @DefaultValue("1000") int callsPerConnection,
        @DefaultValue("4MB") DataSize messageSize, @DefaultValue("8KB") DataSize metadataSize,
        @DefaultValue("6KB") DataSize responseMetadataSize, @DefaultValue("20000") int resets,
        @DefaultValue("8s") Duration resetWindow, @DefaultValue("1MB") DataSize flowControlWindow) {

    private static final String PREFIX = "rpc.server.limits.";

    LimitProperties {
        Bounds.atLeast(PREFIX + "handshake-timeout", handshakeTimeout, Duration.ofMillis(1), "10s");
        Bounds.atLeast(PREFIX + "calls-per-connection", callsPerConnection, 1, "1000");
        Bounds.size(PREFIX + "message-size", messageSize, "4MB");
        Bounds.size(PREFIX + "metadata-size", metadataSize, "8KB");
        Bounds.size(PREFIX + "response-metadata-size", responseMetadataSize, 1024, "6KB");
        Bounds.atLeast(PREFIX + "resets", resets, 1, "20000");
        Bounds.notForever(PREFIX + "reset-window", resetWindow);
        if (resetWindow.toSeconds() < 1 || resetWindow.toNanosPart() != 0) {
            throw Bounds.refusal(PREFIX + "reset-window", Bounds.text(resetWindow),
                    "not a whole number of seconds from 1s", "whole seconds", "8s");
        }
        Bounds.size(PREFIX + "flow-control-window", flowControlWindow, "1MB");
    }

    void applyTo(ServerBuilder<?> builder) {
        builder.handshakeTimeout(this.handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS)
            .maxInboundMessageSize((int) this.messageSize.toBytes())
            .maxInboundMetadataSize((int) this.metadataSize.toBytes());
    }

    ResponseMetadata forResponses() {
        return new ResponseMetadata((int) this.responseMetadataSize.toBytes());
    }

    TransportLimits forTransport() {
        return new TransportLimits(this.callsPerConnection, this.resets, this.resetWindow,
                (int) this.flowControlWindow.toBytes(), (int) this.messageSize.toBytes(),
                (int) this.metadataSize.toBytes());
    }

}
