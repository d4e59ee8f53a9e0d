package io.rpcspring.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import io.rpcspring.server.RpcServerStartedEvent;

/**
 * Makes the server's real port known as the property {@code local.rpc.server.port}.
 *
 * @param environment where the property is added
 */
record LocalPortPublisher(
        ConfigurableEnvironment environment) implements ApplicationListener<RpcServerStartedEvent>, Ordered {

    private static final String SOURCE = "rpc.server.ports";

    @Override
    public void onApplicationEvent(RpcServerStartedEvent event) {
        Map<String, Object> ports = new HashMap<>(Map.of("local.rpc.server.port", event.port()));
        this.environment.getPropertySources().remove(SOURCE);
        this.environment.getPropertySources().addFirst(new MapPropertySource(SOURCE, ports));
    }

    /** First, so that every other listener can read the property. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

}
