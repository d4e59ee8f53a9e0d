package io.rpcspring.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.grpc.EquivalentAddressGroup;
import io.grpc.InsecureServerCredentials;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.InProcess;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.ServerProcess;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.ServerProcessTests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where calls go.
 */
class ChannelTargetTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort();

    private RecordingServer first;

    private RecordingServer second;

    private RecordingServer third;

    @BeforeEach
    void start() throws IOException {
        this.first = RecordingServer.start();
        this.second = RecordingServer.start();
        this.third = RecordingServer.start();
    }

    @AfterEach
    void stop() {
        this.first.close();
        this.second.close();
        this.third.close();
    }

    @Test
    void callsTakeTurnsOnAllTargets() {
        run(allTargets(), (places) -> {
            for (int i = 0; i < 30; i++) {
                places.find(ZURICH);
            }
            Awaitility.await().untilAsserted(() -> {
                places.find(ZURICH);
                assertThat(this.first.calls).isNotEmpty();
                assertThat(this.second.calls).isNotEmpty();
                assertThat(this.third.calls).isNotEmpty();
            });
            assertThat(this.first.lastCall().authority()).isEqualTo("localhost:" + this.first.port());
            assertThat(this.second.lastCall().authority()).isEqualTo("localhost:" + this.second.port());
        });
    }

    @Test
    void pickFirstStaysWithOneTarget() {
        this.runner.withPropertyValues(allTargets(), "rpc.client.channels.places.load-balancing=pick_first")
            .run((context) -> {
                for (int i = 0; i < 30; i++) {
                    stub(context.getBean(RpcChannels.class)).find(ZURICH);
                }
                assertThat(List.of(this.first.calls.size(), this.second.calls.size(), this.third.calls.size()))
                    .containsExactlyInAnyOrder(30, 0, 0);
            });
    }

    @Test
    void serverProcessThatIsKilledUnderLoadCostsNoCallWithRetries() throws Exception {
        try (ServerProcess killed = ServerProcess.start(ServerProcessTests.Application.class, "rpc.server.port=0")) {
            this.runner
                .withPropertyValues(allTargets() + "," + killed.target(),
                        "rpc.client.channels.places.retry.max-attempts=3")
                .run((context) -> {
                    PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
                    AtomicBoolean stop = new AtomicBoolean();
                    AtomicInteger served = new AtomicInteger();
                    List<CompletableFuture<Void>> load = Stream
                        .generate(() -> CompletableFuture.runAsync(() -> callUntil(stop, places, served),
                                (task) -> new Thread(task).start()))
                        .limit(4)
                        .toList();
                    Awaitility.await().until(() -> served.get() > 300);
                    killed.kill();
                    int before = served.get();
                    Awaitility.await().until(() -> served.get() > before + 1000);
                    stop.set(true);
                    for (CompletableFuture<Void> thread : load) {
                        thread.get(10, TimeUnit.SECONDS);
                    }
                });
        }
    }

    private static void callUntil(AtomicBoolean stop, PlacesGrpc.PlacesBlockingStub places, AtomicInteger served) {
        while (!stop.get()) {
            places.find(PlaceName.newBuilder().setName("0").build());
            served.incrementAndGet();
        }
    }

    @Test
    void targetThatCannotBeResolvedLeavesTheOthersInUse() {
        run("rpc.client.channels.places.targets=no-such-host.invalid:1,localhost:" + this.second.port(),
                (places) -> assertThat(
                        places.withWaitForReady().withDeadlineAfter(20, TimeUnit.SECONDS).find(ZURICH).getName())
                    .isEqualTo("Zurich"));
    }

    @Test
    void addressThatDiesIsLeftAndANewOneIsFound() {
        try (Directory directory = new Directory(this.first.port())) {
            run("rpc.client.channels.places.target=directory:///places", (places) -> {
                places.find(ZURICH);
                assertThat(this.first.calls).hasSize(1);
                directory.move(this.second.port());
                this.first.kill();
                Awaitility.await()
                    .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                    .until(() -> places.find(ZURICH).getName().equals("Zurich"));
                assertThat(this.second.calls).isNotEmpty();
            });
        }
    }

    @Test
    void namesAreResolvedAgainWhileAllConnectionsLive() {
        try (Directory directory = new Directory(this.first.port())) {
            this.runner
                .withPropertyValues("rpc.client.channels.places.target=directory:///places",
                        "rpc.client.channels.places.resolve-interval=1s")
                .run((context) -> {
                    PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
                    places.find(ZURICH);
                    assertThat(places.getChannel().authority()).isEqualTo("places");
                    directory.move(this.second.port());
                    Awaitility.await().untilAsserted(() -> {
                        places.find(ZURICH);
                        assertThat(this.second.calls).isNotEmpty();
                    });
                });
            assertThat(directory.asked.get()).isGreaterThan(1);
        }
    }

    @Test
    @WithLibrary("grpc-inprocess")
    void unixSocketsAndTheServersOfThisProcessAreReached(@TempDir Path folder) throws IOException {
        Assumptions.assumeTrue(Epoll.isAvailable());
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Path socket = folder.resolve("places.sock");
        try (RecordingServer unix = RecordingServer.start(NettyServerBuilder
            .forAddress(new DomainSocketAddress(socket.toFile()), InsecureServerCredentials.create())
            .channelType(EpollServerDomainSocketChannel.class)
            .workerEventLoopGroup(loop)
            .bossEventLoopGroup(loop), new PlacesFixture()); RecordingServer local = InProcess.places("here")) {
            run("rpc.client.channels.places.target=unix:" + socket, (places) -> {
                places.find(ZURICH);
                assertThat(unix.calls).hasSize(1);
            });
            this.runner
                .withPropertyValues("rpc.client.channels.places.target=unix:" + socket,
                        "rpc.client.channels.places.resolve-interval=1s")
                .run((context) -> stub(context.getBean(RpcChannels.class)).find(ZURICH));
            assertThat(unix.calls).hasSize(2);
            run("rpc.client.channels.places.target=in-process:here", (places) -> {
                places.find(ZURICH);
                assertThat(local.calls).hasSize(1);
            });
        }
        finally {
            assertThat(loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(10_000)).isTrue();
        }
    }

    @Test
    void addressesOfBothFamiliesAreReached() {
        for (String target : List.of("127.0.0.1:" + this.first.port(), "[::1]:" + this.first.port())) {
            run("rpc.client.channels.places.target=" + target,
                    (places) -> assertThat(places.find(ZURICH).getName()).isEqualTo("Zurich"));
        }
        run("rpc.client.channels.places.targets=[::1]:" + this.first.port() + ",dns:///localhost:" + this.second.port(),
                (places) -> assertThat(places.find(ZURICH).getName()).isEqualTo("Zurich"));
    }

    @Test
    void targetsThatCannotWorkAreReported() {
        String cure = " Set it to host:port, such as localhost:9090, or to a target whose scheme grpc-java knows,"
                + " such as dns:///places:9090.";
        assertUnusable("rpc.client.channels.places.targets is 'unix:/tmp/x', which cannot be used:"
                + " it can only be a channel's single target." + cure, "targets=localhost:1,unix:/tmp/x");
        assertUnusable(
                "rpc.client.channels.places.targets is 'dsn:///x:1, localhost:1', which cannot be used:"
                        + " Could not find a NameResolverProvider for dsn:///x:1." + cure,
                "targets=dsn:///x:1,localhost:1");
        assertUnusable(
                "The channel 'places' has no target."
                        + " Set rpc.client.channels.places.target to host:port, such as localhost:9090.",
                "connections=2");
    }

    @Test
    void serverThatIsNotThereIsNamedWithItsChannel() {
        run("rpc.client.channels.places.target=localhost:1",
                (places) -> assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> places.find(ZURICH))
                    .withMessageMatching("UNAVAILABLE: io exception \\[channel 'places' to localhost:1:"
                            + " .*Connection refused.*]"));
        this.first.failNext(1, Status.UNAVAILABLE.withDescription("out to lunch"), null);
        run(this.first.asTargetOf("places"), (places) -> assertThatExceptionOfType(StatusRuntimeException.class)
            .isThrownBy(() -> places.find(ZURICH))
            .withMessage("UNAVAILABLE: out to lunch [channel 'places' to localhost:" + this.first.port() + "]"));
    }

    private String allTargets() {
        return "rpc.client.channels.places.targets=localhost:" + this.first.port() + ",localhost:" + this.second.port()
                + ",localhost:" + this.third.port();
    }

    private void assertUnusable(String message, String property) {
        this.runner.withPropertyValues("rpc.client.channels.places." + property)
            .run((context) -> assertThatExceptionOfType(RpcConfigurationException.class)
                .isThrownBy(() -> context.getBean(RpcChannels.class).get("places"))
                .withMessage(message));
    }

    private void run(String property, Calls test) {
        this.runner.withPropertyValues(property)
            .run((context) -> test.accept(stub(context.getBean(RpcChannels.class))));
    }

    private static PlacesGrpc.PlacesBlockingStub stub(RpcChannels channels) {
        return PlacesGrpc.newBlockingStub(channels.get("places"));
    }

    /** Calls the servers. */
    private interface Calls {

        void accept(PlacesGrpc.PlacesBlockingStub places);

    }

    /** Knows where the places are, and that they moved, as DNS does. */
    private static final class Directory extends NameResolverProvider implements AutoCloseable {

        private final List<SocketAddress> addresses = new CopyOnWriteArrayList<>();

        private final AtomicInteger asked = new AtomicInteger();

        Directory(int port) {
            move(port);
            NameResolverRegistry.getDefaultRegistry().register(this);
        }

        void move(int port) {
            this.addresses.add(0, new InetSocketAddress("localhost", port));
        }

        @Override
        public void close() {
            NameResolverRegistry.getDefaultRegistry().deregister(this);
        }

        @Override
        protected boolean isAvailable() {
            return true;
        }

        @Override
        protected int priority() {
            return 5;
        }

        @Override
        public String getDefaultScheme() {
            return "directory";
        }

        @Override
        public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
            return Set.of(InetSocketAddress.class);
        }

        @Override
        public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
            return new NameResolver() {

                private @Nullable Listener2 listener;

                @Override
                public String getServiceAuthority() {
                    return "places";
                }

                @Override
                public void start(Listener2 listener) {
                    this.listener = listener;
                    refresh();
                }

                @Override
                public void refresh() {
                    Directory.this.asked.incrementAndGet();
                    EquivalentAddressGroup found = new EquivalentAddressGroup(Directory.this.addresses.get(0));
                    if (this.listener != null) {
                        this.listener.onResult2(ResolutionResult.newBuilder()
                            .setAddressesOrError(StatusOr.fromValue(List.of(found)))
                            .build());
                    }
                }

                @Override
                public void shutdown() {
                    this.listener = null;
                }

            };
        }

    }

}
