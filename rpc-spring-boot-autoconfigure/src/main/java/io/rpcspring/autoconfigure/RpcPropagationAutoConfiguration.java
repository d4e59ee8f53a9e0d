package io.rpcspring.autoconfigure;

import io.micrometer.context.ThreadLocalAccessor;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import io.rpcspring.propagation.MdcThreadLocals;
import io.rpcspring.propagation.RegisteredThreadLocals;
import io.rpcspring.server.pool.ThreadLocals;

/**
 * Lets thread-locals follow their call, where a library knows of them.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "rpc.server.enabled", matchIfMissing = true)
final class RpcPropagationAutoConfiguration {

    /** Where context-propagation is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ThreadLocalAccessor.class)
    static class Registered {

        @Bean
        @ConditionalOnMissingBean
        ThreadLocals rpcThreadLocals(ApplicationContext context) {
            boolean logging = ClassUtils.isPresent("org.slf4j.MDC", context.getClassLoader());
            return new RegisteredThreadLocals(logging ? new MdcThreadLocals() : null);
        }

    }

    /** Where it is not. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MDC.class)
    @ConditionalOnMissingClass("io.micrometer.context.ThreadLocalAccessor")
    static class LoggingOnly {

        @Bean
        @ConditionalOnMissingBean
        ThreadLocals rpcThreadLocals() {
            return new MdcThreadLocals();
        }

    }

}
