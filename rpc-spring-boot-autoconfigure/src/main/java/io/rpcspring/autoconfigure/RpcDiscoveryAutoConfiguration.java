package io.rpcspring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

import io.rpcspring.client.discovery.CloudDirectory;
import io.rpcspring.client.discovery.ReactiveRegistry;
import io.rpcspring.client.discovery.ServiceRegistry;

/**
 * Lets channels find their servers in Spring Cloud's service registry, where Spring Cloud
 * is there, also in tests of a slice of the application.
 */
@AutoConfiguration
@ConditionalOnClass(DiscoveryClient.class)
final class RpcDiscoveryAutoConfiguration {

    @Bean
    CloudDirectory rpcCloudDirectory(ObjectProvider<DiscoveryClient> blocking,
            ObjectProvider<ReactiveRegistry> reactive) {
        return new CloudDirectory(() -> registry(blocking, reactive.getIfAvailable()));
    }

    private static @Nullable ServiceRegistry registry(ObjectProvider<DiscoveryClient> blocking,
            @Nullable ReactiveRegistry reactive) {
        DiscoveryClient client = blocking.getIfUnique();
        return (client != null) ? new ServiceRegistry(client::getInstances, client::getServices)
                : (reactive != null) ? reactive.find() : null;
    }

    /** For applications whose registry is asked without blocking only. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ ReactiveDiscoveryClient.class, Flux.class })
    static class Reactive {

        @Bean
        ReactiveRegistry rpcReactiveRegistry(ObjectProvider<ReactiveDiscoveryClient> clients) {
            return new ReactiveRegistry(clients);
        }

    }

}
