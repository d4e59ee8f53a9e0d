package io.rpcspring.autoconfigure;

import java.util.Set;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.RpcServerDrainEvent;
import io.rpcspring.server.RpcServerStartedEvent;
import io.rpcspring.server.RpcServerStoppedEvent;
import io.rpcspring.server.health.HealthPoll;
import io.rpcspring.server.health.HealthService;

/**
 * Tells the health service what happens to the application and its server.
 *
 * @param health told at once
 * @param poll runs while the server does
 * @param configured the services that are configured
 * @param own whose events count
 */
record HealthEvents(HealthService health, HealthPoll poll, Set<String> configured,
        OwnEvents own) implements ApplicationListener<ApplicationEvent>, Ordered {

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (this.own.include(event)) {
            tell(event);
        }
    }

    private void tell(ApplicationEvent event) {
        if (event instanceof AvailabilityChangeEvent<?> change && change.getState() instanceof ReadinessState state) {
            this.health.ready(state == ReadinessState.ACCEPTING_TRAFFIC);
            this.poll.askNow();
        }
        else if (event instanceof RpcServerStartedEvent started) {
            check(started.services());
            this.poll.start(started.services());
        }
        else if (event instanceof RpcServerDrainEvent) {
            this.health.stop();
        }
        else if (event instanceof RpcServerStoppedEvent) {
            this.poll.stop();
        }
    }

    private void check(Set<String> served) {
        for (String service : this.configured) {
            if (!served.contains(service)) {
                throw new RpcConfigurationException(
                        "rpc.server.health.services names the service '" + service + "', which no bean serves. Served: "
                                + RpcConfigurationException.nearestFirst(service, served) + ".",
                        "Correct the name, or remove the entry.");
            }
        }
    }

    /** First, so that nobody who is slow keeps the news back. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

}
