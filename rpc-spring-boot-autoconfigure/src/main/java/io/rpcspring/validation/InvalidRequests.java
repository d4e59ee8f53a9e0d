package io.rpcspring.validation;

import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcContext;
import io.rpcspring.server.error.CallEnd;
import io.rpcspring.server.error.CallFailures;

/**
 * Says how calls with a bad request end, unless the application does.
 */
public final class InvalidRequests implements CallFailures.Mapping {

    @Override
    public @Nullable CallEnd map(Throwable thrown, RpcContext call) {
        return (thrown instanceof InvalidRequestException invalid) ? invalid.end() : null;
    }

    @Override
    public String toString() {
        return "validation";
    }

}
