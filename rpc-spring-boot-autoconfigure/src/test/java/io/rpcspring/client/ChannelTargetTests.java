package io.rpcspring.client;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.grpc.InsecureServerCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.InProcess;
import io.rpcspring.fixture.NameService;
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

    private static final String NAMES = "rpc.client.channels.places.targets=directory:///a,directory:///b,directory:///c";

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
        try (NameService directory = NameService.start().put("places", this.first.port())) {
            run("rpc.client.channels.places.target=directory:///places", (places) -> {
                places.find(ZURICH);
                assertThat(this.first.calls).hasSize(1);
                directory.put("places", this.second.port());
                this.first.kill();
                Awaitility.await()
                    .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                    .until(() -> places.find(ZURICH).getName().equals("Zurich"));
                assertThat(this.second.calls).isNotEmpty();
            });
        }
    }

    @Test
    void outageOfTheNameServiceTakesNoServerOut() {
        try (NameService directory = directory()) {
            this.runner
                .withPropertyValues(NAMES, "rpc.client.channels.places.resolve-interval=1s",
                        "rpc.client.channels.places.wait-for-ready=true")
                .run((context) -> {
                    PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
                    ChannelFigures figures = Objects
                        .requireNonNull(context.getBean(RpcChannels.class).figures().get("places"));
                    places.find(ZURICH);
                    Awaitility.await().until(() -> figures.connections() == 3);
                    directory.forget("a", "b", "c");
                    Awaitility.await().until(() -> figures.failedResolutions() >= 3);
                    this.first.calls.clear();
                    for (int i = 0; i < 30; i++) {
                        places.find(ZURICH);
                    }
                    assertThat(List.of(this.first.calls.size(), this.second.calls.size() / 10,
                            this.third.calls.size() / 10))
                        .containsExactly(10, 1, 1);
                    assertThat(figures.connections()).isEqualTo(3);
                });
        }
    }

    @Test
    void nameThatFailsIsAskedAgain() {
        try (NameService directory = directory()) {
            directory.forget("a");
            this.runner.withPropertyValues(NAMES, "rpc.client.channels.places.wait-for-ready=true").run((context) -> {
                PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
                places.find(ZURICH);
                directory.put("a", this.first.port());
                // After 5 to 10 s.
                Awaitility.await().atMost(15, TimeUnit.SECONDS).untilAsserted(() -> {
                    places.find(ZURICH);
                    assertThat(this.first.calls).isNotEmpty();
                });
                assertThat(directory.asked("a")).isGreaterThan(1);
            });
        }
    }

    private NameService directory() {
        return NameService.start().put("a", this.first.port()).put("b", this.second.port()).put("c", this.third.port());
    }

    @Test
    void namesAreResolvedAgainWhileAllConnectionsLive() {
        try (NameService directory = NameService.start().put("places", this.first.port())) {
            this.runner
                .withPropertyValues("rpc.client.channels.places.target=directory:///places",
                        "rpc.client.channels.places.resolve-interval=1s")
                .run((context) -> {
                    PlacesGrpc.PlacesBlockingStub places = stub(context.getBean(RpcChannels.class));
                    places.find(ZURICH);
                    assertThat(places.getChannel().authority()).isEqualTo("places");
                    directory.put("places", this.second.port());
                    Awaitility.await().untilAsserted(() -> {
                        places.find(ZURICH);
                        assertThat(this.second.calls).isNotEmpty();
                    });
                });
            assertThat(directory.asked("places")).isGreaterThan(1);
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
                "rpc.client.channels.places.target is 'my_places:9090', which cannot be used: the host name 'my_places'"
                        + " has an underscore, which host names cannot have."
                        + " Give the host a name with hyphens instead, such as a network alias, or use its address.",
                "target=my_places:9090");
        assertUnusable(
                "rpc.client.channels.places.targets is 'dns://10.0.0.1/my_places.maps:9090', which cannot be used:"
                        + " the host name 'my_places.maps' has an underscore, which host names cannot have."
                        + " Give the host a name with hyphens instead, such as a network alias, or use its address.",
                "targets=localhost:1,dns://10.0.0.1/my_places.maps:9090");
        assertUnusable(
                "The channel 'places' has no target."
                        + " Set rpc.client.channels.places.target to host:port, such as localhost:9090.",
                "connections=2");
    }

    @Test
    void severalTargetsReplaceAnInheritedOneAndTheOtherWayAbout() {
        String several = allTargets();
        String one = "rpc.client.channels.places.target=localhost:1";
        this.runner.withPropertyValues(one)
            .withInitializer((context) -> TestPropertyValues.of(several)
                .applyTo(context.getEnvironment(), TestPropertyValues.Type.MAP, "nearer"))
            .run((context) -> {
                assertThat(stub(context.getBean(RpcChannels.class)).find(ZURICH).getName()).isEqualTo("Zurich");
                ChannelReport report = context.getBean(RpcChannels.class).reports().get(0);
                assertThat(report.target()).isEqualTo(several.substring(several.indexOf('=') + 1).replace(",", ", "));
                assertThat(report.settings()).containsKey("targets").doesNotContainKey("target");
            });
        this.runner.withPropertyValues("rpc.client.channels.places.targets=localhost:1,localhost:2")
            .withInitializer((context) -> TestPropertyValues.of(this.first.asTargetOf("places"))
                .applyTo(context.getEnvironment(), TestPropertyValues.Type.MAP, "nearer"))
            .run((context) -> {
                assertThat(stub(context.getBean(RpcChannels.class)).find(ZURICH).getName()).isEqualTo("Zurich");
                ChannelReport report = context.getBean(RpcChannels.class).reports().get(0);
                assertThat(report.settings()).containsKey("target").doesNotContainKey("targets");
            });
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

}
