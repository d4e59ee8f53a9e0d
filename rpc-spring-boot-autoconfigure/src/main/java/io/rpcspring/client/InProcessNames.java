package io.rpcspring.client;

import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.StatusOr;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessSocketAddress;

/**
 * Finds a server of the same JVM as others are found, so that a load balancing policy can
 * stand before it.
 * <p>
 * grpc-java's own builder for a name takes no policy.
 */
public final class InProcessNames extends NameResolverProvider {

    private static final String SCHEME = "in-process";

    private final String server;

    private InProcessNames(String server) {
        this.server = server;
    }

    /**
     * Starts a channel to a server of the same JVM.
     * @param server its name
     * @return a builder that is as grpc-java's for a name is, and takes a policy
     */
    @SuppressWarnings("deprecation") // for one channel, not for the JVM
    public static InProcessChannelBuilder builder(String server) {
        return InProcessChannelBuilder.forTarget(SCHEME + ":///server").nameResolverFactory(new InProcessNames(server));
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
        return new NameResolver() {

            @Override
            public String getServiceAuthority() {
                return "localhost";
            }

            @Override
            public void start(Listener2 listener) {
                EquivalentAddressGroup address = new EquivalentAddressGroup(
                        new InProcessSocketAddress(InProcessNames.this.server));
                listener.onResult(ResolutionResult.newBuilder()
                    .setAddressesOrError(StatusOr.fromValue(List.of(address)))
                    .build());
            }

            @Override
            public void shutdown() {
                // It holds nothing.
            }

        };
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
        return Set.of(InProcessSocketAddress.class);
    }

    @Override
    public String getDefaultScheme() {
        return SCHEME;
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return 5;
    }

}
