package io.rpcspring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.actuate.ChannelHealth;
import io.rpcspring.actuate.ChannelView;
import io.rpcspring.actuate.RpcEndpoint;
import io.rpcspring.actuate.RpcVersions;
import io.rpcspring.actuate.RpcWebExtension;
import io.rpcspring.actuate.ServerView;
import io.rpcspring.client.RpcChannels;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.ServerSettings;
import io.rpcspring.server.health.HealthService;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolSettings;
import io.rpcspring.server.security.AccessRules;
import io.rpcspring.words.SettingsTree;

/**
 * Shows the server and the channels through Actuator, where it is there.
 */
@AutoConfiguration(after = { RpcClientAutoConfiguration.class, RpcServerAutoConfiguration.class,
        RpcServerHealthAutoConfiguration.class, RpcSecurityAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(RpcChannels.class)
final class RpcActuatorAutoConfiguration {

    @Bean
    @ConditionalOnEnabledInfoContributor("rpc")
    RpcVersions rpcInfoContributor(ObjectProvider<ServerSettings> server) {
        ServerSettings settings = server.getIfAvailable();
        return new RpcVersions((settings != null) ? settings.pools()
            .stream()
            .filter((pool) -> pool.name().equals(HandlerPools.DEFAULT))
            .map(PoolSettings::type)
            .findFirst()
            .orElse(null) : null);
    }

    /** What the channels add to the health. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
    static class Details {

        @Bean
        @ConditionalOnEnabledHealthIndicator("rpc")
        ChannelHealth rpcHealthIndicator(RpcChannels channels) {
            return new ChannelHealth(channels);
        }

    }

    /** Where the endpoint is exposed. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnAvailableEndpoint(RpcEndpoint.class)
    @EnableConfigurationProperties(RpcEndpointProperties.class)
    static class Exposed {

        @Bean
        RpcEndpoint rpcEndpoint(RpcChannels channels, ObjectProvider<ServerView> server,
                ObjectProvider<SanitizingFunction> functions, RpcEndpointProperties properties) {
            return new RpcEndpoint(server.getIfAvailable(),
                    new ChannelView(channels, new Sanitizer(functions.orderedStream().toList())),
                    properties.showValues());
        }

        @Bean
        RpcWebExtension rpcWebExtension(RpcEndpoint endpoint, RpcEndpointProperties properties) {
            return new RpcWebExtension(endpoint, properties.showValues(), properties.roles());
        }

        /** Where the server is. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnBean(RpcServer.class)
        static class Server {

            @Bean
            ServerView rpcServerView(RpcServer server, ServerSettings settings, RpcServerProperties properties,
                    ObjectProvider<ServerView.Rotation> rotation, ObjectProvider<ServerView.Access> access) {
                Map<String, Object> limits = new LinkedHashMap<>();
                limits.put("limits", SettingsTree.of(properties.limits()));
                limits.put("connection", SettingsTree.of(properties.connection()));
                limits.put("keep-alive", SettingsTree.of(properties.keepAlive()));
                limits.put("shutdown", SettingsTree.of(properties.shutdown()));
                return new ServerView(server, settings.pools(), limits, rotation.getIfAvailable(),
                        access.getIfAvailable());
            }

        }

        /** Where Spring Security is. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(name = "org.springframework.security.core.Authentication")
        @ConditionalOnBean(AccessRules.class)
        static class Secured {

            @Bean
            ServerView.Access rpcAccess(AccessRules rules) {
                return rules::describe;
            }

        }

        /** Where the health service is. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(name = "io.grpc.health.v1.HealthGrpc")
        @ConditionalOnBean(HealthService.class)
        static class Health {

            @Bean
            ServerView.Rotation rpcRotation(HealthService health) {
                return new ServerView.Rotation() {

                    @Override
                    public boolean isIn(String service) {
                        return health.isInRotation(service);
                    }

                    @Override
                    public void set(String service, boolean in) {
                        health.rotation(service, in);
                    }

                };
            }

        }

    }

}
