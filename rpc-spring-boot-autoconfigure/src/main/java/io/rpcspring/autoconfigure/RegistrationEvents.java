package io.rpcspring.autoconfigure;

import java.util.Arrays;

import org.springframework.cloud.client.discovery.event.InstancePreRegisteredEvent;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.Ordered;

import io.rpcspring.server.RpcServerDrainEvent;
import io.rpcspring.server.RpcServerStartedEvent;
import io.rpcspring.server.registration.ServerRegistration;

/**
 * Tells the registration what happens to the application and its server.
 *
 * @param registration told at once
 * @param context whose events count
 */
record RegistrationEvents(ServerRegistration registration,
        ApplicationContext context) implements ApplicationListener<ApplicationEvent>, Ordered {

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (event instanceof InstancePreRegisteredEvent registers) {
            if (isOwn(registers.getSource())) {
                this.registration.registers(registers.getRegistration());
            }
        }
        else if (new OwnEvents(this.context).include(event)) {
            tell(event);
        }
    }

    /** A child's registration is told here, too. */
    private boolean isOwn(Object registering) {
        return Arrays.stream(this.context.getBeanNamesForType(AutoServiceRegistration.class, true, false))
            .anyMatch((name) -> this.context.getBean(name) == registering);
    }

    private void tell(ApplicationEvent event) {
        if (event instanceof RpcServerStartedEvent started) {
            this.registration.serves(started.port(), started.services());
        }
        else if (event instanceof RpcServerDrainEvent) {
            this.registration.leaves();
        }
        else if (event instanceof ContextRefreshedEvent) {
            this.registration.allStarted();
        }
        else if (event instanceof ContextClosedEvent) {
            this.registration.closes();
        }
    }

    /** After the health, which never waits, and before those with slow work to do. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE + 1;
    }

}
