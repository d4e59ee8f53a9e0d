package io.rpcspring.test.fault;

import java.time.Duration;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcError;
import io.rpcspring.RpcErrorReason;
import io.rpcspring.server.error.CallEnd;
import io.rpcspring.server.error.OwnStatuses;

/**
 * How a fault ends a call.
 *
 * @param kind what it looks like
 * @param error what it says, if it is a status of its own
 */
public record FaultEnd(Kind kind, @Nullable RpcError error) {

    /** The stream is reset. */
    public static final FaultEnd RESET = new FaultEnd(Kind.RESET, null);

    /** The pool is full. */
    public static final FaultEnd POOL_FULL = new FaultEnd(Kind.POOL_FULL, null);

    /** The server is gone. */
    public static final FaultEnd UNAVAILABLE = new FaultEnd(Kind.UNAVAILABLE, null);

    /** What marks a text that no real server has sent. */
    static final String MARK = " (RpcFaults)";

    /** As grpc-java describes a stream that its server has reset. */
    static final Status RESET_STREAM = Status.CANCELLED
        .withDescription("RST_STREAM closed stream. HTTP/2 error code: CANCEL" + MARK);

    /** As grpc-java describes a connection that was lost. */
    private static final Status LOST = Status.UNAVAILABLE.withDescription("Network closed for unknown reason" + MARK);

    static final String FULL = "is full (0 running, 0 waiting)" + MARK;

    /** As soon as a full pool of the default size tells clients to come back. */
    static final Duration RETRY_AFTER = Duration.ofMillis(10);

    /** How a call ends whose connection is lost. */
    static CallEnd lost() {
        return new CallEnd(LOST, new Metadata());
    }

    /** What the client of a call gets that does not reach a server. */
    CallEnd asSent() {
        return switch (this.kind) {
            case STATUS -> CallEnd.of(exception());
            case RESET -> new CallEnd(RESET_STREAM, new Metadata());
            case POOL_FULL ->
                new OwnStatuses(true).exhausted(RpcErrorReason.POOL_FULL, "pool 'default' " + FULL, RETRY_AFTER);
            case UNAVAILABLE -> lost();
        };
    }

    private StatusException exception() {
        return ((this.error != null) ? this.error : RpcError.of(Status.Code.UNKNOWN, "")).asException();
    }

    /** What an end looks like. */
    public enum Kind {

        /** A status that the test has chosen. */
        STATUS,

        /** A stream that is reset. */
        RESET,

        /** A pool that is full. */
        POOL_FULL,

        /** A server that is gone. */
        UNAVAILABLE

    }

}
