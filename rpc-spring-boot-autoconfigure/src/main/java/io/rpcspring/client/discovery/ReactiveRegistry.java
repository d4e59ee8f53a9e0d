package io.rpcspring.client.discovery;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;

/**
 * Asks a registry whose client does not block, and waits for its answer.
 */
public final class ReactiveRegistry {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ObjectProvider<ReactiveDiscoveryClient> clients;

    /**
     * Creates a registry that looks for its client when it is needed.
     * @param clients the client, if there is one
     */
    public ReactiveRegistry(ObjectProvider<ReactiveDiscoveryClient> clients) {
        this.clients = clients;
    }

    /**
     * The registry.
     * @return null if there is no client
     */
    public @Nullable ServiceRegistry find() {
        ReactiveDiscoveryClient client = this.clients.getIfUnique();
        return (client != null)
                ? new ServiceRegistry((service) -> all(client.getInstances(service)), () -> all(client.getServices()))
                : null;
    }

    private static <T> List<T> all(Flux<T> answers) {
        List<T> all = answers.collectList().block(PATIENCE);
        return (all != null) ? all : List.of();
    }

}
