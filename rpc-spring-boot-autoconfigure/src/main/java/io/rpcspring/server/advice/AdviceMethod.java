package io.rpcspring.server.advice;

import java.lang.invoke.MethodHandle;
import java.util.List;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;

import io.rpcspring.RpcContext;
import io.rpcspring.RpcError;
import io.rpcspring.server.error.CallEnd;

/**
 * A method of an advice, ready to be called.
 *
 * @param name its name
 * @param types the exceptions that it is for
 * @param handle takes the exception and the context; returns a status of some kind
 */
record AdviceMethod(String name, List<Class<? extends Throwable>> types, MethodHandle handle) {

    /** What a method may return. */
    static final List<Class<?>> RESULTS = List.of(Status.class, StatusException.class, RpcError.class,
            com.google.rpc.Status.class);

    CallEnd answer(Throwable thrown, RpcContext call) throws Throwable {
        Object answer = (Object) this.handle.invokeExact(thrown, call);
        if (answer instanceof Status status) {
            return new CallEnd(status, new Metadata());
        }
        if (answer instanceof StatusException failure) {
            return CallEnd.of(failure);
        }
        if (answer instanceof RpcError error) {
            return CallEnd.of(error.asException());
        }
        if (answer instanceof com.google.rpc.Status rich) {
            Status.Code code = Status.fromCodeValue(rich.getCode()).getCode();
            return (code == Status.Code.OK) ? new CallEnd(Status.OK, new Metadata())
                    : CallEnd.of(new RpcError(code, rich.getMessage(), rich.getDetailsList()).asException());
        }
        throw new NullPointerException("The method '" + this.name + "' returned null");
    }

}
