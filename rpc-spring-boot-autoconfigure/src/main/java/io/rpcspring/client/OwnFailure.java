package io.rpcspring.client;

import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcErrorReason;

/**
 * Says among the causes of a status why this side has given it.
 * <p>
 * Name resolution and credentials can give a status, and no trailers. The end of the call
 * makes details of this, as servers send them. It has no message, since that of the
 * innermost cause stands in the text of the status.
 */
public final class OwnFailure extends Exception {

    private final RpcErrorReason reason;

    private OwnFailure(RpcErrorReason reason, @Nullable Throwable cause) {
        super(null, cause, false, false);
        this.reason = reason;
    }

    /**
     * Adds the reason to a status.
     * @param status why calls fail
     * @param reason for programs
     * @return the same with the reason before its cause
     */
    public static Status mark(Status status, RpcErrorReason reason) {
        return status.withCause(new OwnFailure(reason, status.getCause()));
    }

    /** The trailers with details, if the causes of the status have a reason. */
    static Metadata describe(Status status, Metadata trailers) {
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof OwnFailure own) {
                Metadata described = own.reason.trailers(status);
                described.merge(trailers);
                return described;
            }
        }
        return trailers;
    }

}
