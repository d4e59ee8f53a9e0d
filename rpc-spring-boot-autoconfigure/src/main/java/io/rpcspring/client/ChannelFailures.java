package io.rpcspring.client;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcCallException;
import io.rpcspring.RpcErrorReason;

/**
 * Adds to the status of a failed call of which channel it is, and what the channel knows.
 *
 * @param channel names it and its target
 * @param inboundLimit the most that a server's headers may be, with the property that
 * says so
 * @param figures know what went wrong last
 */
record ChannelFailures(String channel, String inboundLimit, ChannelFigures figures) {

    /** How Netty says it, in the innermost cause. */
    private static final String LARGE_HEADERS = "Header size exceeded max allowed size";

    /** How grpc-java says it of a channel that is closed, which only its owner can be. */
    private static final String CLOSED = "Channel shutdown";

    /**
     * Describes a failed call of a method, and its last attempt if there were several.
     */
    Status describe(Status status, String method, @Nullable AttemptFailure attempts) {
        Status described = describe(status, attempts);
        return described
            .withCause(new RpcCallException("Call of " + method + " through " + this.channel, described.getCause()));
    }

    /** What TLS or the network had to say is deep in the causes, which few logs show. */
    private Status describe(Status status, @Nullable AttemptFailure attempts) {
        String root = FailureText.root(status);
        if (root != null && root.startsWith(LARGE_HEADERS)) {
            return add(status, ": the server's headers or trailers are larger than " + this.inboundLimit);
        }
        return switch (status.getCode()) {
            case UNAVAILABLE ->
                add(isOfClosedChannel(status) ? OwnFailure.mark(status, RpcErrorReason.CHANNEL_CLOSED) : status,
                        (root != null) ? ": " + root : "");
            case DEADLINE_EXCEEDED -> add(status, lastFailure(attempts));
            default -> status;
        };
    }

    private static boolean isOfClosedChannel(Status status) {
        return status.getDescription() != null && status.getDescription().startsWith(CLOSED);
    }

    private String lastFailure(@Nullable AttemptFailure attempts) {
        Status attempt = (attempts != null) ? attempts.last() : null;
        Status last = (attempt != null) ? attempt : this.figures.outage().cause();
        return (last != null) ? ", last failure: " + last.getCode() + ": " + FailureText.of(last) : "";
    }

    private Status add(Status status, String what) {
        String description = (status.getDescription() != null) ? status.getDescription() + " " : "";
        return status.withDescription(description + "[" + this.channel + what + "]");
    }

}
