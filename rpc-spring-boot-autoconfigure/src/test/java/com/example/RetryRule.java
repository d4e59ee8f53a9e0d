package com.example;

import io.rpcspring.RpcError;
import io.rpcspring.RpcErrorReason;

/** Knows which calls a server has not worked on, or never got. */
final class RetryRule {

    private RetryRule() {
    }

    static boolean isWorthARetry(Exception ex) {
        return RpcErrorReason.of(RpcError.from(ex)).map((reason) -> switch (reason) {
            case POOL_FULL, QUEUE_TIMEOUT, DRAINING -> true;
            default -> false;
        }).orElse(false);
    }

    static boolean isSent(Exception ex) {
        return RpcErrorReason.of(RpcError.from(ex)).map((reason) -> switch (reason) {
            case METADATA_TOO_LARGE, NO_TOKEN, NO_ADDRESS -> false;
            default -> true;
        }).orElse(true);
    }

}
