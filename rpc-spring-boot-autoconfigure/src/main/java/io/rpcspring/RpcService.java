package io.rpcspring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.grpc.ServerInterceptor;
import org.springframework.stereotype.Component;

/**
 * Marks a bean whose gRPC service the application's one server serves.
 * <p>
 * Put it on a class that component scanning finds, on a {@code @Bean} method, or on an
 * annotation of your own. The bean is either a plain object, whose methods are bound by
 * name to the methods of the service that {@link #value} names; or an
 * {@link io.grpc.BindableService}, such as a class that extends a generated
 * {@code ImplBase}. Proxied beans are served through their proxy, so that advice such as
 * {@code @Transactional} applies to every call.
 * <p>
 * The methods of a plain object have these forms, each with an optional trailing
 * {@link RpcContext}, and may throw what they like:
 *
 * <pre class="code">
 * Res unary(Req request)                                        // or CompletionStage&lt;Res&gt;
 * void serverStreaming(Req request, MessageSender&lt;Res&gt; out)     // or Stream&lt;Res&gt; (Req request), Iterable
 * Res clientStreaming(MessageReceiver&lt;Req&gt; in)                  // or CompletionStage&lt;Res&gt;
 * void bidirectional(MessageReceiver&lt;Req&gt; in, MessageSender&lt;Res&gt; out)
 * </pre>
 *
 * Returning ends the call with {@code OK}, throwing with a status. When the call is
 * cancelled, the handler's thread is interrupted.
 * <p>
 * The server calls the bean from many threads at once, as Spring MVC calls a controller:
 * keep it free of unguarded state. A marked bean that is not a gRPC service, and two
 * beans that serve the same one, stop the start with an
 * {@link RpcConfigurationException}.
 *
 * <pre class="code">
 * &#64;RpcService(ClockGrpc.class)
 * class Clock {
 *     LocalTime timeAt(PlaceName place) { ... }
 * }
 * </pre>
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface RpcService {

    /**
     * The class that the gRPC generator made of the service, such as
     * {@code PlacesGrpc.class}. Needed on a plain object; a {@code BindableService} knows
     * its service.
     * @return the generated class
     */
    Class<?> value() default void.class;

    /**
     * The handler pool that runs the calls of this service, as configured below
     * {@code rpc.server.pools}. Without one, the streaming methods of a plain object run
     * in {@code streams}, because a live stream holds its thread, and all else in
     * {@code default}. Configuration below {@code rpc.server.services} wins.
     * @return the name of the pool
     */
    String pool() default "";

    /**
     * Interceptors for this service alone, each the one bean of its class. They run in
     * this order, after those that {@link RpcInterceptor} applies.
     * @return the classes of the interceptors
     */
    Class<? extends ServerInterceptor>[] interceptors() default {};

}
