package io.rpcspring;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Marks the status of a call that this application made itself, and says which call.
 * <p>
 * It is the cause of each failed status that comes out of a channel or a
 * {@link RpcStream}. A server tells by it that a handler throws what was said to the
 * handler, not to its caller, and keeps it to itself.
 */
public final class RpcCallException extends RuntimeException {

    /**
     * Creates a mark.
     * @param call method and channel of the call
     * @param cause what failed underneath, if it is known
     */
    public RpcCallException(String call, @Nullable Throwable cause) {
        super(call + " failed", cause, false, false);
    }

    /** The end of a call of the application's own that nobody else has given. */
    static StatusRuntimeException of(RpcErrorReason reason, Status status, String call) {
        return reason.exception(status.withCause(new RpcCallException(call, status.getCause())));
    }

}
