package io.rpcspring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a service that answers a channel's calls in a test, although its target is
 * elsewhere.
 * <p>
 * It stands on a nested class of the test, or on a bean, beside
 * {@link io.rpcspring.RpcService}; a class that extends a generated base class needs no
 * other mark. The fake is never served by the application's own server, and answers in
 * the place of one that is. What no fake of the channel answers is {@code UNIMPLEMENTED}.
 *
 * <pre class="code">
 * &#64;FakeRpc("weather")
 * &#64;RpcService(WeatherGrpc.class)
 * static class FakeWeather {
 *     Report at(Point point) { ... }
 * }
 * </pre>
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface FakeRpc {

    /**
     * The channel whose calls are answered.
     * @return a name as in {@link io.rpcspring.RpcClient}
     */
    String value();

}
