package io.rpcspring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.stereotype.Component;

/**
 * Marks a bean that intercepts the calls of all services, of all channels, or of some.
 * <p>
 * A {@link io.grpc.ServerInterceptor} applies to the services of this application's
 * server, a {@link io.grpc.ClientInterceptor} to its channels. Interceptors run in the
 * order of {@link org.springframework.core.annotation.Order}, the lowest first, that is
 * outermost. A server's run on the thread of the call's pool, and see only calls that are
 * served: what a full pool refuses, or what expired before it had a thread, never reaches
 * them. What they throw is mapped to a status as what a handler throws.
 *
 * <pre class="code">
 * &#64;RpcInterceptor(services = "places.v1.Places")
 * &#64;Order(1)
 * class TenantCheck implements ServerInterceptor { ... }
 * </pre>
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface RpcInterceptor {

    /**
     * The full names of the services that a {@link io.grpc.ServerInterceptor} applies to.
     * A name that no service has stops the start.
     * @return names such as {@code places.v1.Places}; empty for all
     */
    String[] services() default {};

    /**
     * The names of the channels that a {@link io.grpc.ClientInterceptor} applies to. A
     * name that is not configured stops the start.
     * @return names as in {@link RpcClient}; empty for all
     */
    String[] channels() default {};

}
