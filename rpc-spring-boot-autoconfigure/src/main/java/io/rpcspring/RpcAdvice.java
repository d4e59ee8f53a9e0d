package io.rpcspring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.stereotype.Component;

/**
 * Marks a bean whose {@link RpcExceptionHandler} methods say what clients get for the
 * exceptions of handlers.
 * <p>
 * Advices are asked in the order of {@link org.springframework.core.annotation.Order},
 * the lowest first, and before the application's {@code ExceptionMapper} beans. The first
 * that has a method for the exception, or for one of its causes, answers.
 *
 * <pre class="code">
 * &#64;RpcAdvice
 * class PlaceErrors {
 *
 *     &#64;RpcExceptionHandler
 *     Status noSuchZone(DateTimeException ex) {
 *         return Status.INVALID_ARGUMENT.withDescription("No such time zone");
 *     }
 *
 * }
 * </pre>
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface RpcAdvice {

    /**
     * The full names of the services that the advice is for. A name that no service has
     * stops the start.
     * @return names such as {@code places.v1.Places}; empty for all
     */
    String[] services() default {};

}
