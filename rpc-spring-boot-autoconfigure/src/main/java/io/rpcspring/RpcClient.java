package io.rpcspring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.beans.factory.annotation.Qualifier;

/**
 * Injects a gRPC client: a generated stub, or the {@link io.grpc.Channel} itself.
 * <p>
 * It stands in front of a constructor parameter, a field, a setter, a parameter of a
 * {@code @Bean} method or of a test method, or on an annotation of your own. A field or
 * setter needs no {@code @Autowired} beside it. The type is any stub that the gRPC
 * generator makes (blocking, blocking V2, future, asynchronous), {@code Channel}, or an
 * {@code ObjectProvider} or {@code Optional} of one of them.
 * <p>
 * Everything injected for one name shares one channel, which is made on first use and
 * closed with the application context, after the beans. Channels and stubs are safe for
 * use by many threads at once.
 * <p>
 * A name without {@code rpc.client.channels.<name>.target} and a type that is no stub
 * stop the start with an {@link RpcConfigurationException}; an {@code ObjectProvider}
 * throws it when it is asked.
 *
 * <pre>{@code
 * Trip(@RpcClient("places") PlacesGrpc.PlacesBlockingStub places) { ... }
 * }</pre>
 */
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Qualifier
public @interface RpcClient {

    /**
     * The name of the channel: the key below {@code rpc.client.channels}.
     * @return the name of the channel
     */
    String value();

}
