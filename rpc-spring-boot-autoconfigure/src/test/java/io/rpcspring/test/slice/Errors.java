package io.rpcspring.test.slice;

import io.grpc.Status;

import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcExceptionHandler;

/**
 * Maps what the gazetteer throws.
 */
@RpcAdvice
class Errors {

    @RpcExceptionHandler
    Status unsupported(UnsupportedOperationException ex) {
        return Status.NOT_FOUND.withDescription(ex.getMessage());
    }

}
