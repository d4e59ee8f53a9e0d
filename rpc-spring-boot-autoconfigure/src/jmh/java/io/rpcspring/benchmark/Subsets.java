package io.rpcspring.benchmark;

import java.lang.reflect.Constructor;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.util.RandomSubsettingLoadBalancerProvider;

/**
 * Asks grpc-java's own {@code random_subsetting} which servers each client connects to.
 */
final class Subsets {

    private static final Captured CAPTURED = new Captured();

    private final LoadBalancer[] clients;

    private final Object config;

    /**
     * Clients that know no server yet.
     * @param number how many
     * @param size how many servers each connects to
     * @param seed makes a run repeatable: grpc-java takes one from the clock
     */
    Subsets(int number, int size, int seed) throws ReflectiveOperationException {
        LoadBalancerRegistry.getDefaultRegistry().register(CAPTURED);
        this.config = new RandomSubsettingLoadBalancerProvider()
            .parseLoadBalancingPolicyConfig(Map.of("subsetSize", (double) size, "childPolicy",
                    List.of(Map.of(CAPTURED.getPolicyName(), Map.of()))))
            .getConfig();
        Constructor<?> seeded = Class.forName("io.grpc.util.RandomSubsettingLoadBalancer")
            .getDeclaredConstructor(LoadBalancer.Helper.class, int.class);
        seeded.setAccessible(true);
        this.clients = new LoadBalancer[number];
        for (int i = 0; i < number; i++) {
            this.clients[i] = (LoadBalancer) seeded.newInstance(new NoChannel(), seed + i);
        }
    }

    /**
     * Which servers a client connects to.
     * @param client a number
     * @param servers the numbers of all
     */
    Set<Integer> of(int client, List<Integer> servers) {
        List<EquivalentAddressGroup> addresses = servers.stream()
            .map((server) -> new EquivalentAddressGroup(new Address(server)))
            .toList();
        this.clients[client].acceptResolvedAddresses(LoadBalancer.ResolvedAddresses.newBuilder()
            .setAddresses(addresses)
            .setLoadBalancingPolicyConfig(this.config)
            .build());
        return CAPTURED.last.stream()
            .map((group) -> ((Address) group.getAddresses().get(0)).number)
            .collect(Collectors.toSet());
    }

    /** The address of a server, which grpc-java knows by its text. */
    private static final class Address extends SocketAddress {

        private static final long serialVersionUID = 1;

        private final int number;

        private Address(int number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return "/10.0." + this.number / 250 + "." + this.number % 250 + ":9090";
        }

    }

    /** Takes what subsetting leaves. */
    private static final class Captured extends LoadBalancerProvider {

        private List<EquivalentAddressGroup> last = List.of();

        @Override
        public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
            return new LoadBalancer() {

                @Override
                public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
                    Captured.this.last = addresses.getAddresses();
                    return Status.OK;
                }

                @Override
                public void handleNameResolutionError(Status error) {
                    throw error.asRuntimeException();
                }

                @Override
                public void shutdown() {
                }

            };
        }

        @Override
        public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
            return ConfigOrError.fromConfig("none");
        }

        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public int getPriority() {
            return 5;
        }

        @Override
        public String getPolicyName() {
            return "captured_by_simulation";
        }

    }

    /** Is not asked for anything. */
    private static final class NoChannel extends LoadBalancer.Helper {

        private final SynchronizationContext context = new SynchronizationContext((thread, ex) -> {
            throw new IllegalStateException(ex);
        });

        @Override
        public SynchronizationContext getSynchronizationContext() {
            return this.context;
        }

        @Override
        public ManagedChannel createOobChannel(EquivalentAddressGroup addresses, String authority) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void updateBalancingState(ConnectivityState state, LoadBalancer.SubchannelPicker picker) {
        }

        @Override
        public String getAuthority() {
            return "simulation";
        }

    }

}
