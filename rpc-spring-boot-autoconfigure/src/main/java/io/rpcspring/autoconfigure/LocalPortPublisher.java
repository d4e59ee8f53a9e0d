package io.rpcspring.autoconfigure;

import java.util.concurrent.ConcurrentHashMap;

import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import io.rpcspring.server.RpcServerStartedEvent;

/**
 * Makes the server's real port known as the property {@code local.rpc.server.port}.
 */
final class LocalPortPublisher implements ApplicationListener<RpcServerStartedEvent>, Ordered {

    private static final String SOURCE = "rpc.server.ports";

    private final ConfigurableEnvironment environment;

    private final OwnEvents own;

    /** Child contexts that have taken the source over see its changes. */
    private final MapPropertySource ports = new MapPropertySource(SOURCE, new ConcurrentHashMap<>());

    /**
     * Creates a publisher that has nothing to tell yet.
     * @param environment where the property is added
     * @param own whose server counts
     */
    LocalPortPublisher(ConfigurableEnvironment environment, OwnEvents own) {
        this.environment = environment;
        this.own = own;
    }

    @Override
    public void onApplicationEvent(RpcServerStartedEvent event) {
        if (!this.own.include(event)) {
            return;
        }
        this.ports.getSource().put("local.rpc.server.port", event.port());
        // In the place of a parent's, which has the same name.
        this.environment.getPropertySources().addFirst(this.ports);
    }

    /** First, so that every other listener can read the property. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

}
