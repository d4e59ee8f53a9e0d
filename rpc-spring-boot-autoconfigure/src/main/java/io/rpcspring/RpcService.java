package io.rpcspring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.stereotype.Component;

/**
 * Marks a bean whose gRPC service the application's one server serves.
 * <p>
 * Put it on a class that component scanning finds, on a {@code @Bean} method, or on an
 * annotation of your own. The bean is an {@link io.grpc.BindableService}: a class that
 * extends a generated {@code ImplBase}, or one that makes its own service definition.
 * Proxied beans are served through their proxy, so that advice such as
 * {@code @Transactional} applies to every call.
 * <p>
 * The server calls the bean from many threads at once, as Spring MVC calls a controller:
 * keep it free of unguarded state. A marked bean that is not a gRPC service, and two
 * beans that serve the same one, stop the start with an
 * {@link RpcConfigurationException}.
 *
 * <pre class="code">
 * &#64;RpcService
 * class Clock extends ClockGrpc.ClockImplBase { ... }
 * </pre>
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface RpcService {

}
