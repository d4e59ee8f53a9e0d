package io.rpcspring.scaleout;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import io.rpcspring.fixture.NamedPlaces;
import io.rpcspring.fixture.PlacesServer;
import io.rpcspring.fixture.ServerProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Servers that come and go, and a client that calls them all the time.
 */
final class Fleet implements AutoCloseable {

    private final Backend backend;

    private final Servers servers;

    /** By their names. */
    private final Map<String, PlacesServer> running = new LinkedHashMap<>();

    private final Map<String, ServerProcess> processes = new LinkedHashMap<>();

    private final Map<String, InetSocketAddress> announced = new LinkedHashMap<>();

    private final List<Client> clients = new ArrayList<>();

    Fleet(Backend backend) {
        this.backend = backend;
        this.servers = backend.start();
    }

    /** Starts a server, and says that it is there. */
    void start(String name) {
        start(name, name);
    }

    private void start(String name, String registeredAs) {
        InetSocketAddress address = this.servers.next();
        this.running.put(name, PlacesServer.start(new NamedPlaces(name), settings(address)));
        announce(registeredAs, address);
    }

    /** Ends a server, and starts it on another port, or address where ports are fixed. */
    void restart(String name, String again) {
        drain(name);
        start(again, name);
    }

    /** Starts one in a process of its own. */
    void startProcess() {
        InetSocketAddress address = this.servers.next();
        this.processes.put(ServingApplication.NAME, ServerProcess.start(ServingApplication.class, settings(address)));
        announce(ServingApplication.NAME, address);
    }

    private static String[] settings(InetSocketAddress address) {
        return new String[] { "rpc.server.address=" + address.getAddress().getHostAddress(),
                "rpc.server.port=" + address.getPort() };
    }

    private void announce(String name, InetSocketAddress address) {
        this.announced.put(name, address);
        this.servers.announce(Map.copyOf(this.announced));
    }

    /** Says that a server is to get no calls any more. */
    void forget(String name) {
        this.announced.remove(name);
        this.servers.announce(Map.copyOf(this.announced));
    }

    /** Ends a server in order. */
    void drain(String name) {
        Objects.requireNonNull(this.running.remove(name)).close();
    }

    void kill(String name) {
        Objects.requireNonNull(this.processes.remove(name)).kill();
    }

    void call() {
        this.clients.add(this.servers.client());
    }

    /** Waits, but not long, until these servers and no others answer calls. */
    void awaitUse(String... names) {
        long start = System.nanoTime();
        await().atMost(this.backend.inUse()).until(client()::servers, Set.of(names)::equals);
        System.out.println(this.backend + " uses " + new TreeSet<>(Set.of(names)) + " after "
                + (System.nanoTime() - start) / 1_000_000 + " ms");
    }

    /** The first servers, whatever the start of the client takes. */
    void awaitFirstUse(String... names) {
        await().until(client()::servers, Set.of(names)::equals);
    }

    /** Ends what knows the servers. */
    void loseRegistry() {
        this.servers.close();
    }

    /** Until it has been asked once more, in vain. */
    void assertThatNothingChanges(String... names) {
        await().during(this.backend.round().plusMillis(200)).until(client()::servers, Set.of(names)::equals);
    }

    void assertThatNoCallFailed() {
        assertThat(client().failures()).isEmpty();
        assertThat(client().answered()).isPositive();
    }

    private Client client() {
        return this.clients.get(0);
    }

    @Override
    public void close() {
        this.clients.forEach(Client::close);
        this.running.values().forEach(PlacesServer::close);
        this.processes.values().forEach(ServerProcess::close);
        this.servers.close();
    }

}
