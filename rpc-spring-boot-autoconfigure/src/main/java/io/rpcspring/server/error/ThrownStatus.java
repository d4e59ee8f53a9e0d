package io.rpcspring.server.error;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcCallException;

/**
 * The status that an exception has, and whose it is.
 *
 * @param status code, text and cause
 * @param trailers all else
 */
record ThrownStatus(Status status, @Nullable Metadata trailers) {

    /** The first status among an exception and its causes. */
    static @Nullable ThrownStatus in(Throwable thrown) {
        // Causes may lead back to one that was seen.
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable cause = thrown; cause != null && seen.add(cause); cause = cause.getCause()) {
            ThrownStatus found = of(cause);
            if (found != null && !found.isAccident()) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable ThrownStatus of(Throwable thrown) {
        if (thrown instanceof StatusException known) {
            return new ThrownStatus(known.getStatus(), known.getTrailers());
        }
        return (thrown instanceof StatusRuntimeException known)
                ? new ThrownStatus(known.getStatus(), known.getTrailers()) : null;
    }

    /** Whether it is that of a call that the application has made itself. */
    boolean isInner() {
        return isInner(this.status);
    }

    static boolean isInner(Status status) {
        return status.getCause() instanceof RpcCallException;
    }

    /** What grpc-java's observers make of an exception that has no status. */
    static boolean isWrapper(Status status) {
        return status.getCode() == Status.Code.UNKNOWN && status.getDescription() == null && status.getCause() != null;
    }

    /** What is made of an exception, or of an interrupt, is nothing that anybody says. */
    private boolean isAccident() {
        return isWrapper(this.status) || (this.status.getCode() == Status.Code.CANCELLED
                && this.status.getCause() instanceof InterruptedException);
    }

    CallEnd end() {
        return CallEnd.of(this.status, this.trailers);
    }

}
