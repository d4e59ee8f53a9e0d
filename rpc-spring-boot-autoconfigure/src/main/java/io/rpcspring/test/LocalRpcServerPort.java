package io.rpcspring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Value;

/**
 * Injects the port that the gRPC server listens on, for tests that set
 * {@code rpc.server.port} to 0.
 * <p>
 * It stands on an {@code int} field or parameter of a test.
 */
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ExtendWith(RpcTestExtension.class)
@Value("#{@" + RpcTestPort.BEAN + ".getAsInt()}")
public @interface LocalRpcServerPort {

}
