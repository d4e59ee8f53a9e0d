package io.rpcspring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Lets a test call its application's gRPC server without a network.
 * <p>
 * The server opens no port, whatever is configured. Every call of a method that the
 * application serves goes to it within the JVM, whatever the target of its channel; such
 * channels need no configuration. Other calls go to their channel's target. Pools,
 * limits, interceptors, security, deadlines, retries and validation are those of
 * production; only certificates cannot be had.
 *
 * <pre class="code">
 * &#64;SpringBootTest
 * &#64;InProcessRpc
 * class PlacesTests {
 *
 *     &#64;Test
 *     void findsZurich(&#64;RpcClient("places") PlacesBlockingStub places) { ... }
 *
 * }
 * </pre>
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(RpcTestExtension.class)
public @interface InProcessRpc {

}
