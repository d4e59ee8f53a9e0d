package io.rpcspring.server.call;

import io.grpc.Metadata;
import io.grpc.Status;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.error.FewLines;
import io.rpcspring.server.error.ResponseMetadata;

/**
 * What holds for the answers of all calls of a server.
 *
 * @param failures maps what is thrown
 * @param responses cuts headers and ends to what clients accept
 * @param endNote adds to the end of each call; null if nothing is to be added
 * @param mistakes takes what is done with calls that have ended
 */
public record CallRules(CallFailures failures, ResponseMetadata responses, @Nullable EndNote endNote,
        FewLines mistakes) {

    /**
     * Rules of a server that starts.
     * @param failures maps what is thrown
     * @param responses cuts headers and ends to what clients accept
     * @param endNote adds to the end of each call; null if nothing is to be added
     */
    public CallRules(CallFailures failures, ResponseMetadata responses, @Nullable EndNote endNote) {
        this(failures, responses, endNote,
                new FewLines(LogFactory.getLog(LiveCall.class), "Calls were used after their end"));
    }

    /**
     * Makes the end of a call fit, and adds what the server adds to each.
     * @param method the full name of the method
     * @param status how the call ends
     * @param trailers is changed
     * @return the status with a text that may be shortened, and the same code
     */
    Status end(String method, Status status, Metadata trailers) {
        Status fitted = this.responses.fitStatus(method, status, trailers);
        if (this.endNote != null) {
            this.endNote.add(method, fitted, trailers);
        }
        return fitted;
    }

    /**
     * Adds to what calls end with, whoever ends them, as for the balancers of clients.
     */
    public interface EndNote {

        /**
         * A call is about to end. Called on any thread, many at once; must be quick, and
         * must not throw.
         * @param method the full name of the method
         * @param status how the call ends
         * @param trailers takes a few bytes more; may have been those of another call
         */
        void add(String method, Status status, Metadata trailers);

    }

}
