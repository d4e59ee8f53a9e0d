package io.rpcspring.validation;

import io.rpcspring.RpcError;
import io.rpcspring.server.error.CallEnd;

/**
 * A request breaks a rule of its proto: for advices, which may answer in their own words.
 * <p>
 * It is never thrown at a handler, and has no stack trace: requests are a client's doing.
 */
public final class InvalidRequestException extends RuntimeException {

    private final transient CallEnd end;

    InvalidRequestException(CallEnd end) {
        super(end.status().getDescription(), null, false, false);
        this.end = end;
    }

    CallEnd end() {
        return this.end;
    }

    /**
     * What the client gets if nobody says otherwise.
     * @return {@code INVALID_ARGUMENT} with {@code BadRequest} and protovalidate's
     * {@code Violations}
     */
    public RpcError error() {
        return RpcError.from(this.end.asException());
    }

}
