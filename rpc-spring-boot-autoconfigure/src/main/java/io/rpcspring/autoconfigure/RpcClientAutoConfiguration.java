package io.rpcspring.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import io.rpcspring.client.RpcChannelCustomizer;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.client.RpcClientPostProcessor;

/**
 * Provides the shared channels and injects clients where {@code @RpcClient} asks for
 * them.
 */
@AutoConfiguration
@EnableConfigurationProperties(RpcClientProperties.class)
final class RpcClientAutoConfiguration {

    /** Closed by {@link RpcClientInjection}, later than a bean of its own would be. */
    @Bean(name = RpcClientInjection.CHANNELS, destroyMethod = "")
    RpcChannels rpcChannels(RpcClientProperties properties, Environment environment,
            ObjectProvider<RpcChannelCustomizer> customizers) {
        return new RpcChannels(properties.targets(), environment, customizers.orderedStream().toList());
    }

    @Bean
    static RpcClientInjection rpcClientInjection() {
        return new RpcClientInjection();
    }

    @Bean
    static RpcClientPostProcessor rpcClientPostProcessor() {
        return new RpcClientPostProcessor();
    }

}
