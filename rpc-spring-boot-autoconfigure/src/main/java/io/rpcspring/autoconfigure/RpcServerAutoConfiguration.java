package io.rpcspring.autoconfigure;

import java.util.List;
import java.util.Set;

import io.grpc.ServerInterceptor;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import io.rpcspring.server.ExceptionMapper;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.RpcServerCustomizer;
import io.rpcspring.server.RpcServerStartedEvent;
import io.rpcspring.server.ScopedInterceptor;
import io.rpcspring.server.ServerSettings;
import io.rpcspring.server.ServiceRegistry;

/**
 * Serves the beans marked {@code @RpcService}.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "rpc.server.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RpcServerProperties.class)
final class RpcServerAutoConfiguration {

    @Bean
    RpcServer rpcServer(ListableBeanFactory beans, RpcServerProperties properties, Environment environment,
            ObjectProvider<ExceptionMapper> exceptionMappers, ObjectProvider<RpcServerCustomizer> customizers,
            ApplicationEventPublisher events) {
        ServerSettings settings = new ServerSettings(properties.shutdown().grace(),
                properties.poolSettings(machine(environment)), properties.servicePools(), properties.requestAhead(),
                properties.interruptCancelled(), exceptionMappers.orderedStream().toList());
        return new RpcServer(new ServiceRegistry(beans, () -> interceptors(beans)), properties.listenAddress(),
                settings, customizers.orderedStream().toList(), events);
    }

    private static PoolProperties.Machine machine(Environment environment) {
        return new PoolProperties.Machine(Runtime.version().feature() >= 21, Threading.VIRTUAL.isActive(environment),
                ClassUtils.isPresent("com.netflix.concurrency.limits.Limit", null));
    }

    private static List<ScopedInterceptor> interceptors(ListableBeanFactory beans) {
        return MarkedInterceptor.find(beans, ServerInterceptor.class)
            .stream()
            .map((marked) -> new ScopedInterceptor(marked.beanName(), marked.bean(), Set.of(marked.mark().services())))
            .toList();
    }

    @Bean
    static ApplicationListener<RpcServerStartedEvent> rpcServerPortPublisher(ConfigurableEnvironment environment) {
        return new LocalPortPublisher(environment);
    }

}
