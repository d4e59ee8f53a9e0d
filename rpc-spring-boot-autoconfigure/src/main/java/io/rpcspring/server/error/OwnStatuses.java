package io.rpcspring.server.error;

import java.time.Duration;

import com.google.protobuf.Message;
import com.google.rpc.RetryInfo;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Status;

import io.rpcspring.RpcErrorReason;

/**
 * Makes the statuses that the framework itself gives, with their reasons for programs.
 * <p>
 * The details are those of the <a href="https://google.aip.dev/193">richer error
 * model</a>: an {@code ErrorInfo} with the reason, and a {@code RetryInfo} where trying
 * again later may help.
 */
public final class OwnStatuses {

    /**
     * When a client may try again, for its retry policy
     * (<a href="https://github.com/grpc/proposal/blob/master/A6-client-retries.md">gRFC
     * A6</a>).
     */
    private static final Metadata.Key<String> PUSHBACK = Metadata.Key.of("grpc-retry-pushback-ms",
            Metadata.ASCII_STRING_MARSHALLER);

    private final boolean details;

    /**
     * Makes all statuses of a server.
     * @param details whether they have details
     */
    public OwnStatuses(boolean details) {
        this.details = details;
    }

    /**
     * A status with its reason.
     * @param reason why it is given
     * @param status code and text
     * @param more details beside the reason
     * @return the status with its details, if they are wanted, and its cause
     */
    public CallEnd of(RpcErrorReason reason, Status status, Message... more) {
        return of(reason, status, new Metadata(), more);
    }

    /**
     * The status of a call for which there is no room now.
     * @param reason why it is given
     * @param text for humans
     * @param delay when the client may try again
     * @return {@code RESOURCE_EXHAUSTED} with the delay as gRPC's own trailer, too
     */
    public CallEnd exhausted(RpcErrorReason reason, String text, Duration delay) {
        Metadata trailers = new Metadata();
        trailers.put(PUSHBACK, String.valueOf(delay.toMillis()));
        RetryInfo retry = RetryInfo.newBuilder()
            .setRetryDelay(com.google.protobuf.Duration.newBuilder()
                .setSeconds(delay.toSeconds())
                .setNanos(delay.toNanosPart()))
            .build();
        return of(reason, Status.RESOURCE_EXHAUSTED.withDescription(text), trailers, retry);
    }

    /**
     * The status of a call whose context is cancelled.
     * @param context no longer active
     * @return {@code DEADLINE_EXCEEDED} or what the context was cancelled with
     */
    CallEnd cancelled(Context context) {
        Status status = Contexts.statusFromCancelled(context);
        boolean late = status.getCode() == Status.Code.DEADLINE_EXCEEDED;
        return of(late ? RpcErrorReason.DEADLINE_PASSED : RpcErrorReason.CONTEXT_CANCELLED, status);
    }

    private CallEnd of(RpcErrorReason reason, Status status, Metadata trailers, Message... more) {
        if (this.details) {
            trailers.merge(reason.trailers(status, more));
        }
        return new CallEnd(status, trailers);
    }

}
