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

import io.rpcspring.server.RpcServer;
import io.rpcspring.server.RpcServerCustomizer;
import io.rpcspring.server.RpcServerStartedEvent;
import io.rpcspring.server.ServiceRegistry;
import io.rpcspring.server.pool.HandlerPools;

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
            ObjectProvider<RpcServerCustomizer> customizers, ApplicationEventPublisher events) {
        return new RpcServer(new ServiceRegistry(beans), properties.listenAddress(), properties.shutdown().grace(),
                () -> new HandlerPools(POOL_SIZE), customizers.orderedStream().toList(), events);
    }

    @Bean
    static ApplicationListener<RpcServerStartedEvent> rpcServerPortPublisher(ConfigurableEnvironment environment) {
        return new LocalPortPublisher(environment);
    }

}
