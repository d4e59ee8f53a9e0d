package io.rpcspring.autoconfigure;

import java.util.Objects;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.client.discovery.event.InstancePreRegisteredEvent;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaRegistration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.rpcspring.server.RpcServer;
import io.rpcspring.server.registration.AnyInstance;
import io.rpcspring.server.registration.EurekaInstance;
import io.rpcspring.server.registration.ServerRegistration;
import io.rpcspring.server.registration.ServerRegistration.Instance;

/**
 * Tells Spring Cloud's registry of the server, where there is one.
 */
@AutoConfiguration
@ConditionalOnClass(InstancePreRegisteredEvent.class)
@ConditionalOnBooleanProperty(name = { "rpc.server.enabled", "rpc.server.registration.enabled" }, matchIfMissing = true)
@EnableConfigurationProperties(RpcServerProperties.class)
final class RpcServerRegistrationAutoConfiguration {

    @Bean
    ServerRegistration rpcServerRegistration(RpcServerProperties properties, ObjectProvider<RpcServer> server,
            ObjectProvider<ServiceRegistry<?>> registries, ObjectProvider<InstanceKind> kinds) {
        return new ServerRegistration(properties.ssl().isOn(),
                (registration) -> kinds.stream()
                    .map((kind) -> kind.of(registration))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseGet(() -> any(registration, registries.getObject(), server)));
    }

    @SuppressWarnings("unchecked") // who registers it there has this type
    private static Instance any(Registration registration, ServiceRegistry<?> registry,
            ObjectProvider<RpcServer> server) {
        return new AnyInstance(registration, (ServiceRegistry<Registration>) registry,
                () -> server.getObject().start());
    }

    @Bean
    static ApplicationListener<ApplicationEvent> rpcRegistrationEvents(ServerRegistration registration,
            ApplicationContext context) {
        return new RegistrationEvents(registration, context);
    }

    /** Where the registry may be Eureka. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(EurekaRegistration.class)
    static class Eureka {

        @Bean
        InstanceKind rpcEurekaInstance() {
            return (registration) -> (registration instanceof EurekaRegistration eureka) ? new EurekaInstance(eureka)
                    : null;
        }

    }

}
