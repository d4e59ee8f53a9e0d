package io.rpcspring.server;

import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

import io.rpcspring.RpcContext;
import io.rpcspring.server.error.CallEnd;
import io.rpcspring.server.error.CallFailures;

/**
 * Asks one of the application's mappers.
 *
 * @param mapper the bean
 */
record MapperBean(ExceptionMapper mapper) implements CallFailures.Mapping {

    @Override
    public @Nullable CallEnd map(Throwable thrown, RpcContext call) {
        StatusException answer = this.mapper.map(thrown);
        return (answer != null) ? CallEnd.of(answer) : null;
    }

    @Override
    public String toString() {
        return "The ExceptionMapper " + this.mapper.getClass().getName();
    }

}
