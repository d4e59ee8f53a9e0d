package io.rpcspring.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.ClassUtils;

/**
 * Warns of interceptors that measure the same calls a second time.
 *
 * @param beans where they are
 */
record SecondCount(ListableBeanFactory beans) implements SmartInitializingSingleton {

    private static final Log logger = LogFactory.getLog(SecondCount.class);

    private static final String MICROMETERS = "io.micrometer.core.instrument.binder.grpc.";

    @Override
    public void afterSingletonsInstantiated() {
        for (Class<?> kind : List.of(ServerInterceptor.class, ClientInterceptor.class)) {
            Stream.of(this.beans.getBeanNamesForType(kind, true, false)).forEach(this::warnOf);
        }
    }

    private void warnOf(String beanName) {
        Class<?> type = this.beans.getType(beanName, false);
        if (type != null && type.getName().startsWith(MICROMETERS)) {
            logger.warn("Calls would count twice: the interceptor '" + beanName + "' (" + ClassUtils.getShortName(type)
                    + ") measures them beside this starter's own meters, under the same names. Remove the bean"
                    + " (Spring Boot's own gRPC modules make it unless spring.grpc.server.observation.enabled and"
                    + " spring.grpc.client.observation.enabled are false), or set rpc.observability.enabled to false.");
        }
    }

}
