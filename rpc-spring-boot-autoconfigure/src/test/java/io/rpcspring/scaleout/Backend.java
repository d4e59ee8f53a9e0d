package io.rpcspring.scaleout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.springframework.util.FileSystemUtils;

import io.rpcspring.fixture.ControlPlane;
import io.rpcspring.fixture.EurekaServer;
import io.rpcspring.fixture.FreePort;

/**
 * The ways in which clients find servers, and how soon news are in use: within one round
 * of what each is asked, and some seconds for the connections of a busy machine.
 */
enum Backend {

    /** Addresses that never change: a server that comes is found by trying. */
    STATIC(Duration.ofMillis(500)),

    /** Names whose addresses change. */
    DNS(Duration.ofSeconds(1)),

    /** Eureka, asked every second; half a minute is its default. */
    EUREKA(Duration.ofSeconds(1)),

    /** A control plane that pushes. */
    XDS(Duration.ZERO);

    private static final String TARGET = "rpc.client.channels.places.target=";

    private final Duration round;

    Backend(Duration round) {
        this.round = round;
    }

    /** How long it is until it is asked again. */
    Duration round() {
        return this.round;
    }

    /** How long it takes at most until news are in use. */
    Duration inUse() {
        return this.round.plusSeconds(3);
    }

    /** Whether it can be told that a server is to get no calls though it is there. */
    boolean isTold() {
        return this != STATIC;
    }

    Servers start() {
        return switch (this) {
            case STATIC -> new StaticServers();
            case DNS -> new DnsServers();
            case EUREKA -> new EurekaServers();
            case XDS -> new XdsServers();
        };
    }

    private static InetSocketAddress free() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** Known from the beginning, all of them. */
    private static final class StaticServers implements Servers {

        private final List<InetSocketAddress> all = IntStream.range(0, 5).mapToObj((i) -> free()).toList();

        private int next;

        @Override
        public InetSocketAddress next() {
            return this.all.get(this.next++);
        }

        @Override
        public void announce(Map<String, InetSocketAddress> servers) {
        }

        @Override
        public Client client() {
            return Client.here(
                    "rpc.client.channels.places.targets="
                            + this.all.stream().map(Backend::text).collect(Collectors.joining(",")),
                    "rpc.client.channels.places.reconnect.max-backoff=500ms");
        }

        @Override
        public void close() {
        }

    }

    /** The JVM's file of hosts, which is read anew for each question, without a cache. */
    private static final class DnsServers implements Servers {

        private final Path folder;

        private final int port = free().getPort();

        private int next = 1;

        private DnsServers() {
            try {
                this.folder = Files.createTempDirectory("hosts");
            }
            catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }

        /** A name has addresses, and all have the port of the target. */
        @Override
        public InetSocketAddress next() {
            return new InetSocketAddress("127.0.0." + this.next++, this.port);
        }

        @Override
        public void announce(Map<String, InetSocketAddress> servers) {
            try {
                Path file = this.folder.resolve("new");
                Files.writeString(file,
                        "127.0.0.1 localhost\n" + servers.values()
                            .stream()
                            .map((server) -> server.getAddress().getHostAddress() + " places.test\n")
                            .collect(Collectors.joining()));
                Files.move(file, this.folder.resolve("hosts"), StandardCopyOption.ATOMIC_MOVE);
            }
            catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }

        @Override
        public Client client() {
            return ClientProcess.start(
                    List.of("-Djdk.net.hosts.file=" + this.folder.resolve("hosts"), "-Dsun.net.inetaddr.ttl=0",
                            "-Dnetworkaddress.cache.ttl=0"),
                    TARGET + "dns:///places.test:" + this.port, "rpc.client.channels.places.resolve-interval=1s");
        }

        @Override
        public void close() {
            FileSystemUtils.deleteRecursively(this.folder.toFile());
        }

    }

    /** A registry whose metadata has the port. */
    private static final class EurekaServers implements Servers {

        private final EurekaServer registry = EurekaServer.running();

        /** By their instance IDs. */
        private final Map<String, InetSocketAddress> registered = new HashMap<>();

        @Override
        public InetSocketAddress next() {
            return free();
        }

        /** A server that restarts is the same instance, whose HTTP port stays. */
        @Override
        public void announce(Map<String, InetSocketAddress> servers) {
            for (String name : Set.copyOf(this.registered.keySet())) {
                if (!servers.containsKey(name)) {
                    this.registered.remove(name);
                    this.registry.remove("places", name);
                }
            }
            servers.forEach((name, server) -> {
                if (!server.equals(this.registered.put(name, server))) {
                    this.registry.put("places", name, "127.0.0.1", 1,
                            Map.of("gRPC_port", String.valueOf(server.getPort())));
                }
            });
        }

        @Override
        public Client client() {
            return Client.here(TARGET + "discovery:///places", this.registry.property(), "eureka.client.enabled=true",
                    "eureka.client.register-with-eureka=false", "eureka.client.registry-fetch-interval-seconds=1");
        }

        @Override
        public void close() {
            this.registry.close();
        }

    }

    /** The control plane of this JVM. */
    private static final class XdsServers implements Servers {

        private final ControlPlane plane = ControlPlane.running();

        @Override
        public InetSocketAddress next() {
            return free();
        }

        @Override
        public void announce(Map<String, InetSocketAddress> servers) {
            this.plane.put("places", List.copyOf(servers.values()));
        }

        @Override
        public Client client() {
            return Client.here(TARGET + "xds:///places", "rpc.client.xds.bootstrap=" + this.plane.bootstrap());
        }

        @Override
        public void close() {
            this.plane.put("places", List.of());
        }

    }

}
