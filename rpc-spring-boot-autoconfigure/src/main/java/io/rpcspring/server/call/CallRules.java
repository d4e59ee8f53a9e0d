package io.rpcspring.server.call;

import org.apache.commons.logging.LogFactory;

import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.error.FewLines;
import io.rpcspring.server.error.ResponseMetadata;

/**
 * What holds for the answers of all calls of a server.
 *
 * @param failures maps what is thrown
 * @param responses cuts headers and ends to what clients accept
 * @param mistakes takes what is done with calls that have ended
 */
public record CallRules(CallFailures failures, ResponseMetadata responses, FewLines mistakes) {

    /**
     * Rules of a server that starts.
     * @param failures maps what is thrown
     * @param responses cuts headers and ends to what clients accept
     */
    public CallRules(CallFailures failures, ResponseMetadata responses) {
        this(failures, responses, new FewLines(LogFactory.getLog(LiveCall.class), "Calls were used after their end"));
    }

}
