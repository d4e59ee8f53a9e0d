package io.rpcspring.server.call;

import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.error.ResponseMetadata;

/**
 * What holds for the answers of all calls of a server.
 *
 * @param failures maps what is thrown
 * @param responses cuts headers and ends to what clients accept
 */
public record CallRules(CallFailures failures, ResponseMetadata responses) {
}
