package io.rpcspring.autoconfigure;

import io.grpc.xds.XdsNameResolverProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;

import io.rpcspring.client.xds.XdsBootstrap;
import io.rpcspring.client.xds.XdsDirectory;

/**
 * Lets channels find their servers by a control plane, where grpc-xds is there.
 */
@AutoConfiguration
@ConditionalOnClass(XdsNameResolverProvider.class)
@EnableConfigurationProperties(RpcClientProperties.class)
final class RpcXdsAutoConfiguration {

    @Bean
    XdsBootstrap rpcXdsBootstrap(RpcClientProperties properties, ResourceLoader resources) {
        return new XdsBootstrap(properties.xds().bootstrap(), resources);
    }

    @Bean
    XdsDirectory rpcXdsDirectory(XdsBootstrap bootstrap) {
        return new XdsDirectory(bootstrap);
    }

}
