package io.rpcspring.autoconfigure;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

import io.grpc.health.v1.HealthGrpc;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.BuiltInService;
import io.rpcspring.server.health.HealthPoll;
import io.rpcspring.server.health.HealthService;

/**
 * Serves {@code grpc.health.v1.Health}.
 */
@AutoConfiguration(
        afterName = "org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration")
@ConditionalOnClass(HealthGrpc.class)
@ConditionalOnBooleanProperty(name = { "rpc.server.enabled", "rpc.server.health.enabled" }, matchIfMissing = true)
@EnableConfigurationProperties(RpcServerProperties.class)
final class RpcServerHealthAutoConfiguration {

    @Bean
    HealthService rpcHealthService(RpcServerProperties properties) {
        return new HealthService(properties.errors().statuses());
    }

    @Bean
    BuiltInService rpcHealth(HealthService health) {
        return new BuiltInService(health.definition(), true);
    }

    @Bean(destroyMethod = "stop")
    HealthPoll rpcHealthPoll(HealthService health, RpcServerProperties properties,
            ObjectProvider<HealthGroups> groups) {
        HealthGroups actuator = groups.getIfAvailable();
        return new HealthPoll(health, indicators(properties.health(), actuator), properties.health().interval());
    }

    @Bean
    static ApplicationListener<ApplicationEvent> rpcHealthEvents(HealthService health, HealthPoll poll,
            RpcServerProperties properties, ApplicationContext context) {
        return new HealthEvents(health, poll, properties.health().services().keySet(), new OwnEvents(context));
    }

    private static Map<String, BooleanSupplier> indicators(HealthProperties properties, @Nullable HealthGroups groups) {
        Map<String, BooleanSupplier> indicators = new TreeMap<>();
        String overall = properties.group();
        if (overall != null) {
            indicators.put(HealthService.OVERALL, group(groups, "rpc.server.health.group", overall));
        }
        else if (groups != null) {
            indicators.put(HealthService.OVERALL, groups.all());
        }
        properties.services()
            .forEach((service, health) -> indicators.put(service,
                    group(groups, "rpc.server.health.services.[" + service + "].group", health.group())));
        return indicators;
    }

    private static BooleanSupplier group(@Nullable HealthGroups groups, String property, String name) {
        if (groups == null) {
            throw new RpcConfigurationException(
                    property + " is '" + name + "', but there are no health groups without Actuator's health endpoint.",
                    "Add the dependency org.springframework.boot:spring-boot-starter-actuator, or remove " + property
                            + ".");
        }
        return groups.group(property, name);
    }

    /** Where Actuator is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthEndpoint.class)
    @ConditionalOnBean(HealthEndpoint.class)
    static class Actuator {

        @Bean
        HealthGroups rpcHealthGroups(HealthEndpoint endpoint, HealthEndpointGroups groups) {
            return new HealthGroups(endpoint, groups);
        }

    }

}
