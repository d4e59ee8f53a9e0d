package io.rpcspring.autoconfigure;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ResourceLoader;

import io.rpcspring.client.ChannelEnvironment;
import io.rpcspring.client.RpcChannelCustomizer;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.client.RpcChannels.CallObserver;
import io.rpcspring.client.RpcClientPostProcessor;
import io.rpcspring.test.RpcConnectionDetails;

/**
 * Provides the shared channels and injects clients where {@code @RpcClient} asks for
 * them, also in tests of a slice of the application.
 */
@AutoConfiguration
@EnableConfigurationProperties(RpcClientProperties.class)
final class RpcClientAutoConfiguration {

    /** Closed by {@link RpcClientInjection}, later than a bean of its own would be. */
    @Bean(name = RpcClientInjection.CHANNELS, destroyMethod = "")
    RpcChannels rpcChannels(RpcClientProperties properties, ConfigurableEnvironment environment,
            ListableBeanFactory beans, ObjectProvider<RpcConnectionDetails> details,
            ObjectProvider<RpcChannelCustomizer> customizers, ObjectProvider<ChannelEnvironment.Link> links,
            ObjectProvider<SslBundles> bundles, ObjectProvider<CallObserver> observers,
            ObjectProvider<ChannelEnvironment.Directory> directories, ResourceLoader resources,
            ObjectProvider<ChannelEnvironment.Detours> detours) {
        ChannelPlaces places = ChannelPlaces.of(details.orderedStream());
        ChannelBinder binder = new ChannelBinder(places.over(environment), resources.getClassLoader());
        ChannelBeans own = new ChannelBeans(beans);
        return new RpcChannels(places.names(properties.channels().keySet()).stream().map(binder::channel).toList(),
                binder.defaults(),
                new ChannelEnvironment(environment, places.over(bundles::getObject), own::interceptors,
                        own::credentials,
                        (channel) -> observers.orderedStream().map((observer) -> observer.of(channel)).toList(),
                        () -> links.orderedStream().toList(), () -> customizers.orderedStream().toList(),
                        () -> directories.orderedStream().toList(), detours.getIfAvailable()),
                properties.shutdown().grace());
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
