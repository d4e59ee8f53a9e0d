package io.rpcspring.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import org.assertj.core.groups.Tuple;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.Flood;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.StuckPlaces;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Channels whose target becomes known at run time, and how channels end.
 */
class RuntimeChannelTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private final ApplicationContextRunner runner = StarterRunner.withServerOnFreePort()
        .withPropertyValues("rpc.client.defaults.deadline=1m", "rpc.client.channels.tenant.deadline=2m");

    @RegisterExtension
    final RecordingServer server = RecordingServer.start();

    @Test
    void sameTargetAndSettingsAreOneChannelUntilTheLastLetsGo() {
        String target = "localhost:" + this.server.port();
        this.runner.run((context) -> {
            RpcChannels channels = context.getBean(RpcChannels.class);
            List<RuntimeChannel> holds = IntStream.range(0, 64)
                .parallel()
                .mapToObj((i) -> channels.open(target))
                .toList();
            holds.parallelStream().forEach(RuntimeChannelTests::find);
            assertThat(this.server.connections()).isEqualTo(1);
            assertThat(channels.reports()).last()
                .satisfies((report) -> assertThat(report).extracting(ChannelReport::target, ChannelReport::users)
                    .containsExactly(target, 64));
            holds.stream().skip(1).forEach(RuntimeChannel::close);
            holds.get(1).close();
            find(holds.get(0));
            assertThatIllegalStateException().isThrownBy(() -> find(holds.get(1)))
                .withMessage("This hold on the channel to " + target + " is closed");
            assertThat(this.server.openConnections()).isEqualTo(1);
            holds.get(0).close();
            Awaitility.await().until(() -> this.server.openConnections() == 0);
            assertThat(channels.reports()).extracting(ChannelReport::name).containsExactly("tenant");
            try (RuntimeChannel again = channels.open(target)) {
                find(again);
                assertThat(this.server.connections()).isEqualTo(2);
            }
        });
    }

    @Test
    void settingsAreThoseOfTheDefaultsOrOfTheNamedChannel() {
        String target = "localhost:" + this.server.port();
        this.runner.run((context) -> {
            RpcChannels channels = context.getBean(RpcChannels.class);
            try (RuntimeChannel plain = channels.open(target); RuntimeChannel like = channels.open(target, "tenant")) {
                find(plain);
                assertThat(this.server.lastCall().remaining()).isLessThanOrEqualTo(Duration.ofMinutes(1));
                find(like);
                assertThat(this.server.lastCall().remaining()).isGreaterThan(Duration.ofMinutes(1));
                assertThat(this.server.connections()).isEqualTo(2);
                assertThat(like.authority()).isEqualTo(target);
            }
        });
    }

    @Test
    void targetsAndNamesThatCannotWorkAreReported() {
        this.runner.run((context) -> {
            RpcChannels channels = context.getBean(RpcChannels.class);
            assertThatExceptionOfType(RpcConfigurationException.class)
                .isThrownBy(() -> channels.open("localhost:70000"))
                .withMessage("The target that was asked for is 'localhost:70000', which cannot be used:"
                        + " 70000 is not a port from 1 to 65535."
                        + " Set it to host:port, such as localhost:9090, or to a target whose scheme grpc-java knows,"
                        + " such as dns:///places:9090.");
            assertThatExceptionOfType(RpcConfigurationException.class)
                .isThrownBy(() -> channels.open("localhost:1", "tennant"))
                .withMessageStartingWith("No channel 'tennant' is configured. Configured channels: tenant.");
            assertThat(channels.reports()).hasSize(1);
        });
    }

    /** grpc-java breaks if such a call is used behind its cancel. */
    @Test
    void callThatIsCancelledBeforeItsChannelKnowsItsServersEndsWhateverFollows() {
        String target = "localhost:" + this.server.port();
        this.runner.run((context) -> {
            for (int i = 0; i < 200; i++) {
                try (RuntimeChannel channel = context.getBean(RpcChannels.class).open(target)) {
                    CompletableFuture<Flood.Ended> end = new CompletableFuture<>();
                    ClientCall<Note, Note> call = Flood.open(channel, PlacesGrpc.getNotesMethod(), CallOptions.DEFAULT,
                            new Metadata(), end);
                    call.cancel("enough", null);
                    assertThatIllegalStateException().isThrownBy(() -> call.sendMessage(Note.getDefaultInstance()))
                        .withMessage("call was cancelled");
                    assertThatIllegalStateException().isThrownBy(call::halfClose).withMessage("call was cancelled");
                    assertThat(end).succeedsWithin(Duration.ofSeconds(10))
                        .returns(true, (ended) -> ended.is(Status.Code.CANCELLED));
                }
            }
        });
    }

    @Test
    void reportsSayHowChannelsDo() {
        this.runner.withPropertyValues(this.server.asTargetOf("places")).run((context) -> {
            RpcChannels channels = context.getBean(RpcChannels.class);
            channels.get("places");
            find(channels.get("places"));
            Awaitility.await().until(() -> channels.reports().get(0).state() == ConnectivityState.READY);
            assertThat(channels.reports())
                .extracting(ChannelReport::name, ChannelReport::target, ChannelReport::state, ChannelReport::users)
                .containsExactly(Tuple.tuple("places", "localhost:" + this.server.port(), ConnectivityState.READY, 2),
                        Tuple.tuple("tenant", "", ConnectivityState.IDLE, 0));
            context.close();
            assertThat(channels.reports()).extracting(ChannelReport::state).containsOnly(ConnectivityState.SHUTDOWN);
            assertThatIllegalStateException().isThrownBy(() -> channels.open("localhost:1"))
                .withMessage("No channel is opened any more: the application context is closed");
        });
    }

    @Test
    void callsInFlightFinishWithinTheGracePeriod() {
        StuckPlaces stuck = new StuckPlaces();
        try (RecordingServer slow = RecordingServer
            .start(Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()), stuck)) {
            this.runner.withPropertyValues(slow.asTargetOf("places"), "rpc.client.shutdown.grace=20s")
                .run((context) -> {
                    ListenableFuture<Place> found = PlacesGrpc
                        .newFutureStub(context.getBean(RpcChannels.class).get("places"))
                        .find(ZURICH);
                    assertThat(stuck.entered.await(10, TimeUnit.SECONDS)).isTrue();
                    Thread closing = new Thread(context::close);
                    closing.start();
                    Awaitility.await()
                        .until(() -> context.getBeanFactory().getSingleton("rpcChannels") == null
                                || closing.getState() == Thread.State.TIMED_WAITING);
                    stuck.release.countDown();
                    assertThat(found.get(10, TimeUnit.SECONDS).getName()).isEqualTo("Zurich");
                    closing.join(10_000);
                    assertThat(closing.isAlive()).isFalse();
                });
        }
    }

    @Test
    void targetReadsNoPropertiesOfTheApplication() {
        this.runner.withPropertyValues("db.password=s3cr3t").run((context) -> {
            RpcChannels channels = context.getBean(RpcChannels.class);
            for (String target : List.of("dns:///${db.password}.example.org:443", "${local.rpc.server.port}")) {
                assertThatExceptionOfType(RpcConfigurationException.class)
                    .isThrownBy(() -> channels.open(target).close())
                    .withMessageStartingWith(
                            "The target that was asked for is '" + target + "', which cannot be used: ")
                    .satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("s3cr3t"));
            }
        });
    }

    @Test
    void callsInFlightAreCancelledAfterTheGracePeriod() {
        StuckPlaces stuck = new StuckPlaces();
        try (RecordingServer slow = RecordingServer
            .start(Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()), stuck)) {
            this.runner.withPropertyValues(slow.asTargetOf("places"), "rpc.client.shutdown.grace=5ms")
                .run((context) -> {
                    ListenableFuture<Place> found = PlacesGrpc
                        .newFutureStub(context.getBean(RpcChannels.class).get("places"))
                        .find(ZURICH);
                    assertThat(stuck.entered.await(10, TimeUnit.SECONDS)).isTrue();
                    context.close();
                    assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(() -> found.get(10, TimeUnit.SECONDS))
                        .satisfies((ex) -> assertThat(Details.reason(ex)).isEqualTo("CHANNEL_CLOSED"))
                        .withMessageContaining(
                                "UNAVAILABLE: Channel shutdownNow invoked [channel 'places' to localhost:" + slow.port()
                                        + "]");
                });
            stuck.release.countDown();
        }
        this.runner.withPropertyValues("rpc.client.shutdown.grace=-5ms")
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage("rpc.client.shutdown.grace is -5ms, which is negative."
                        + " Set rpc.client.shutdown.grace to 0s or longer, such as 5s."));
        this.runner.withPropertyValues("rpc.client.shutdown.grace=365000d")
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessage("rpc.client.shutdown.grace is 365000d, which is longer than a century."
                        + " Set rpc.client.shutdown.grace to 36500d or shorter."));
    }

    private static void find(Channel channel) {
        assertThat(PlacesGrpc.newBlockingStub(channel).find(ZURICH).getName()).isEqualTo("Zurich");
    }

}
