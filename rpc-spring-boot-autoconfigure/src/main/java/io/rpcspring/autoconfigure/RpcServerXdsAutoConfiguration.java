package io.rpcspring.autoconfigure;

import io.grpc.xds.XdsServerBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.client.xds.XdsBootstrap;
import io.rpcspring.server.transport.TransportSettings.Mesh;
import io.rpcspring.server.xds.ControlPlane;

/**
 * Serves as an xDS control plane says, if asked for.
 */
@AutoConfiguration(after = RpcXdsAutoConfiguration.class)
@ConditionalOnBooleanProperty("rpc.server.xds.enabled")
@ConditionalOnBooleanProperty(name = "rpc.server.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RpcServerProperties.class)
final class RpcServerXdsAutoConfiguration {

    /** Where grpc-xds is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(XdsServerBuilder.class)
    static class Meshed {

        /** That of the channels: a JVM has one. */
        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnBean(XdsBootstrap.class)
        ControlPlane.Bootstrap rpcServerXdsBootstrap(XdsBootstrap bootstrap) {
            return () -> {
                bootstrap.checkForServer("rpc.server.xds.enabled is true");
                return bootstrap.install();
            };
        }

        @Bean
        Mesh rpcControlPlane(RpcServerProperties properties, ObjectProvider<ControlPlane.Bootstrap> bootstrap) {
            return new ControlPlane(properties.xds().startTimeout(), bootstrap.getIfAvailable());
        }

    }

    /** Where it is not. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("io.grpc.xds.XdsServerBuilder")
    static class Missing {

        Missing() {
            throw new RpcConfigurationException(
                    "rpc.server.xds.enabled is true, but grpc-xds is not on the class path.",
                    "Add the dependency io.grpc:grpc-xds, or remove rpc.server.xds.enabled.");
        }

    }

}
