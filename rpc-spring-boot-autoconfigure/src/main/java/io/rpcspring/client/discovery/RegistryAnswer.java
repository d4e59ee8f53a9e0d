package io.rpcspring.client.discovery;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.grpc.EquivalentAddressGroup;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

import io.rpcspring.client.ChannelConfiguration;
import io.rpcspring.words.Names;

/**
 * What a registry says about a name, or why it says nothing.
 *
 * @param servers those that can be called
 * @param problems what is wrong with the others
 * @param outage whether the registry itself is away, so that what it said last still
 * counts
 * @param failure why no server can be called, or null
 */
record RegistryAnswer(List<EquivalentAddressGroup> servers, List<String> problems, boolean outage,
        @Nullable Status failure) {

    /** So many names are listed where one is unknown. */
    private static final int MOST = 10;

    /** Asks, and waits for the answer. */
    static RegistryAnswer ask(@Nullable ServiceRegistry registry, String service, ChannelConfiguration channel) {
        if (registry == null) {
            return away(Status.UNAVAILABLE.withDescription("there is no DiscoveryClient to ask: is Spring Cloud's"
                    + " discovery turned off, or is this the test of a slice?"));
        }
        try {
            List<ServiceInstance> instances = registry.instances().apply(service);
            return instances.isEmpty() ? unknown(service, registry.services().get()) : of(service, instances, channel);
        }
        catch (RuntimeException ex) {
            return away(Status.UNAVAILABLE.withDescription("the service registry does not answer: " + ex.getMessage())
                .withCause(ex));
        }
    }

    private static RegistryAnswer of(String service, List<ServiceInstance> instances, ChannelConfiguration channel) {
        List<RegisteredServer> all = instances.stream()
            .map((instance) -> RegisteredServer.of(instance, channel))
            .toList();
        List<EquivalentAddressGroup> servers = all.stream()
            .map(RegisteredServer::address)
            .filter(Objects::nonNull)
            .distinct()
            .toList();
        List<String> problems = all.stream().map(RegisteredServer::problem).filter(Objects::nonNull).sorted().toList();
        Status failure = servers.isEmpty() ? Status.UNAVAILABLE.withDescription(
                "no instance of '" + service + "' can be called: " + String.join("; ", few(problems))) : null;
        return new RegistryAnswer(servers, problems, false, failure);
    }

    /** A registry that knows nothing at all has just begun, or was never reached. */
    private static RegistryAnswer unknown(String service, List<String> services) {
        List<String> nearest = List.of(Names.nearestFirst(service, services).split(", "));
        Status failure = Status.UNAVAILABLE.withDescription(
                "no instance of '" + service + "' is registered; known: " + String.join(", ", few(nearest)));
        return new RegistryAnswer(List.of(), List.of(), services.isEmpty(), failure);
    }

    private static RegistryAnswer away(Status failure) {
        return new RegistryAnswer(List.of(), List.of(), true, failure);
    }

    private static List<String> few(List<String> names) {
        return (names.size() <= MOST) ? names
                : Stream.concat(names.stream().limit(MOST), Stream.of((names.size() - MOST) + " more")).toList();
    }

}
