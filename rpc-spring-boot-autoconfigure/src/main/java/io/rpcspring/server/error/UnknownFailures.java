package io.rpcspring.server.error;

import java.util.concurrent.ThreadLocalRandom;

import io.grpc.Metadata;
import io.grpc.Status;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.rpcspring.RpcContext;
import io.rpcspring.RpcErrorReason;

/**
 * Tells clients of exceptions that nobody maps, without internals, and the log all.
 * <p>
 * Both get the same short id.
 *
 * @param statuses makes what clients get
 * @param includeMessage whether they get the exception's message, too
 */
record UnknownFailures(OwnStatuses statuses, boolean includeMessage) {

    private static final Log logger = LogFactory.getLog(CallFailures.class);

    /** For when no memory is left for another. */
    private static final Status WITHOUT_ID = Status.UNKNOWN.withDescription("The server failed");

    CallEnd failed(RpcContext call, Throwable thrown) {
        return end(call, RpcErrorReason.FAILED, Status.UNKNOWN, thrown);
    }

    /** The codes that say when to try again say the same to whoever waits for us. */
    CallEnd innerFailed(RpcContext call, Throwable thrown, Status inner) {
        Status status = switch (inner.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED -> inner.getCode().toStatus();
            default -> Status.UNKNOWN;
        };
        return end(call, RpcErrorReason.INNER_CALL_FAILED, status, thrown);
    }

    private CallEnd end(RpcContext call, RpcErrorReason reason, Status status, Throwable thrown) {
        try {
            String id = String.format("%08x", ThreadLocalRandom.current().nextInt());
            log("Call of " + call.method() + " failed, id " + id, thrown);
            return this.statuses.of(reason, status.withDescription("The server failed, id " + id + message(thrown)));
        }
        catch (Throwable ex) {
            return new CallEnd(WITHOUT_ID, new Metadata());
        }
    }

    private String message(Throwable thrown) {
        String message = this.includeMessage ? thrown.getMessage() : null;
        return (message != null) ? ": " + message : "";
    }

    private static void log(String line, Throwable thrown) {
        try {
            logger.error(line, thrown);
        }
        catch (Throwable ex) {
            logger.error(line + ": " + thrown.getClass().getName() + ", which cannot be printed: "
                    + ex.getClass().getName());
        }
    }

}
