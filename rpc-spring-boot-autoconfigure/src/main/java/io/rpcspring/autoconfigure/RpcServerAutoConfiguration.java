package io.rpcspring.autoconfigure;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;

import io.rpcspring.server.ExceptionMapper;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.RpcServerCustomizer;
import io.rpcspring.server.RpcServerStartedEvent;
import io.rpcspring.server.ServerSettings;
import io.rpcspring.server.ServiceRegistry;

/**
 * Serves the beans marked {@code @RpcService}.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "rpc.server.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RpcServerProperties.class)
final class RpcServerAutoConfiguration {

    private static final int POOL_SIZE = 200;

    @Bean
    RpcServer rpcServer(ListableBeanFactory beans, RpcServerProperties properties,
            ObjectProvider<ExceptionMapper> exceptionMappers, ObjectProvider<RpcServerCustomizer> customizers,
            ApplicationEventPublisher events) {
        ServerSettings settings = new ServerSettings(properties.shutdown().grace(), POOL_SIZE,
                properties.requestAhead(), properties.interruptCancelled(), exceptionMappers.orderedStream().toList());
        return new RpcServer(new ServiceRegistry(beans), properties.listenAddress(), settings,
                customizers.orderedStream().toList(), events);
    }

    @Bean
    static ApplicationListener<RpcServerStartedEvent> rpcServerPortPublisher(ConfigurableEnvironment environment) {
        return new LocalPortPublisher(environment);
    }

}
