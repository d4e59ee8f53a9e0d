package io.rpcspring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method of a {@link RpcAdvice} that says what a client gets for an exception.
 * <p>
 * It takes the exception and the {@link RpcContext} of the call, in any order, each only
 * if it needs it. It returns {@link io.grpc.Status}, {@link io.grpc.StatusException},
 * {@link RpcError} or {@code com.google.rpc.Status}. Of the methods of one advice the one
 * with the nearest type is called, for the exception itself before its causes. A method
 * that throws, or returns {@code null} or {@code OK}, is a mistake: the client gets
 * {@code UNKNOWN} with an id, and the log the exception.
 * <p>
 * A status that a handler throws is its own, and nobody is asked about it; one that a
 * call of the handler's own has failed with is not.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface RpcExceptionHandler {

    /**
     * The types of exceptions that the method is for, with all their subclasses.
     * @return empty for the type of the parameter
     */
    Class<? extends Throwable>[] value() default {};

}
