package com.example;

import io.rpcspring.RpcError;
import io.rpcspring.RpcErrorReason;

/** Knows which calls a server has refused without working on them. */
final class RetryRule {

    private RetryRule() {
    }

    static boolean isWorthARetry(Exception ex) {
        return RpcErrorReason.of(RpcError.from(ex)).map((reason) -> switch (reason) {
            case POOL_FULL, QUEUE_TIMEOUT, DRAINING -> true;
            default -> false;
        }).orElse(false);
    }

}
