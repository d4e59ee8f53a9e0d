package io.rpcspring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.SingletonSupplier;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.observation.ChannelMeters;
import io.rpcspring.observation.ClientCallMeters;
import io.rpcspring.observation.ConnectionMeters;
import io.rpcspring.observation.PoolMeters;
import io.rpcspring.observation.ServerCallMeters;
import io.rpcspring.server.RpcServerCustomizer;
import io.rpcspring.server.transport.Goodbyes;

/**
 * Measures calls, pools, channels and connections, where Micrometer is there.
 */
@AutoConfiguration(after = RpcClientAutoConfiguration.class,
        afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
                "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "rpc.observability.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RpcObservabilityProperties.class)
final class RpcMetricsAutoConfiguration {

    @Bean
    static SecondCount rpcSecondCount(ListableBeanFactory beans) {
        return new SecondCount(beans);
    }

    /** Where channels are. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(RpcChannels.class)
    static class Client {

        @Bean
        ClientCallMeters rpcClientCallMeters(MeterRegistry registry, RpcObservabilityProperties properties) {
            return new ClientCallMeters(registry, properties.names());
        }

        @Bean
        ChannelMeters rpcChannelMeters(MeterRegistry registry, RpcChannels channels) {
            return new ChannelMeters(registry, channels.figures());
        }

    }

    /** Where the server is. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty(name = "rpc.server.enabled", matchIfMissing = true)
    static class Server {

        @Bean
        PoolMeters rpcPoolMeters(MeterRegistry registry) {
            return new PoolMeters(registry);
        }

        @Bean
        Goodbyes rpcGoodbyes() {
            return new Goodbyes();
        }

        /** An application without a service has no server, and no meters of one. */
        @Bean
        RpcServerCustomizer rpcServerMeters(MeterRegistry registry, RpcObservabilityProperties properties,
                Goodbyes goodbyes) {
            ServerCallMeters calls = new ServerCallMeters(registry, properties.names());
            SingletonSupplier<ConnectionMeters> connections = SingletonSupplier
                .of(() -> new ConnectionMeters(registry, goodbyes));
            return (builder) -> builder.addStreamTracerFactory(calls).addTransportFilter(connections.obtain());
        }

    }

}
