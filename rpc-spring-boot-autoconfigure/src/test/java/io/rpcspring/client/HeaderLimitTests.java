package io.rpcspring.client;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.rpcspring.RpcStream;
import io.rpcspring.fixture.Details;
import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.fixture.RecordingServer;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Distance;
import io.rpcspring.sample.places.Note;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.sample.places.Point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What happens to calls whose request headers are too large for servers.
 */
class HeaderLimitTests {

    private static final PlaceName ZURICH = PlaceName.newBuilder().setName("Zurich").build();

    private static final Metadata.Key<String> TEXT = Metadata.Key.of("x-text", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<byte[]> BYTES = Metadata.Key.of("x-bytes-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static final Pattern SIZE = Pattern.compile("have (\\d+) bytes");

    /** Takes 8 KB, as grpc-java does unless it is told otherwise. */
    private static RecordingServer server;

    @BeforeAll
    static void start() throws IOException {
        server = RecordingServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void responseMetadataThatIsTooLargeIsNamedWithItsLimit() throws IOException {
        Metadata.Key<String> key = Metadata.Key.of("x-much", Metadata.ASCII_STRING_MARSHALLER);
        for (int size : new int[] { 9000, 20_000 }) {
            Metadata much = new Metadata();
            much.put(key, "x".repeat(size));
            try (RecordingServer talkative = RecordingServer.start()) {
                talkative.failNextWith(Status.UNAVAILABLE, much);
                StarterRunner.withServerOnFreePort()
                    .withPropertyValues(talkative.asTargetOf("places"))
                    .run((context) -> assertThatExceptionOfType(StatusRuntimeException.class)
                        .isThrownBy(() -> PlacesGrpc.newBlockingStub(context.getBean(RpcChannels.class).get("places"))
                            .find(ZURICH))
                        .withMessageEndingWith("[channel 'places' to localhost:" + talkative.port()
                                + ": the server's headers or trailers are larger than 8192 bytes"
                                + " (rpc.client.channels.places.max-inbound-metadata-size)]"));
            }
        }
    }

    @Test
    void callWithTooLargeHeadersFailsUnsentAndItsNeighboursDoNot() {
        runner().run((context) -> {
            Channel channel = context.getBean(RpcChannels.class).get("places");
            Channel large = ClientInterceptors.intercept(channel,
                    MetadataUtils.newAttachHeadersInterceptor(text(12_000)));
            int connections = server.connections();
            try (RpcStream<Note, Note> neighbour = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
                echo(neighbour);
                int sent = server.calls.size();
                assertAllKindsFail(large, CallOptions.DEFAULT);
                assertThat(server.calls).hasSize(sent);
                echo(neighbour);
                assertThat(PlacesGrpc.newBlockingStub(channel).find(ZURICH)).isNotNull();
            }
            assertThat(server.connections() - connections).isOne();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = { false, true })
    void whatCredentialsAddCounts(boolean later) {
        Token token = new Token(text(12_000), later);
        runner().withBean("token", CallCredentials.class, () -> token)
            .withPropertyValues("rpc.client.channels.other.credentials=token", server.asTargetOf("other"))
            .run((context) -> {
                RpcChannels channels = context.getBean(RpcChannels.class);
                Channel channel = channels.get("places");
                int connections = server.connections();
                try (RpcStream<Note, Note> neighbour = RpcStream.open(channel, PlacesGrpc.getNotesMethod())) {
                    echo(neighbour);
                    int sent = server.calls.size();
                    assertAllKindsFail(channel, CallOptions.DEFAULT.withCallCredentials(token));
                    assertTooLarge(() -> PlacesGrpc.newBlockingStub(channels.get("other")).find(ZURICH));
                    assertThat(server.calls).hasSize(sent);
                    echo(neighbour);
                }
                assertThat(server.connections() - connections).isEqualTo(2);
            });
    }

    @Test
    void headersOfTheCallAndThoseOfItsCredentialsCountTogether() {
        runner().run((context) -> {
            PlacesGrpc.PlacesBlockingStub places = PlacesGrpc
                .newBlockingStub(context.getBean(RpcChannels.class).get("places"))
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(text(5000)));
            places.withCallCredentials(new Token(text(1000), false)).find(ZURICH);
            assertThat(server.lastCall().headers().getAll(TEXT)).extracting(String::length).containsExactly(5000, 1000);
            assertTooLarge(() -> places.withCallCredentials(new Token(text(5000), false)).find(ZURICH));
        });
    }

    @Test
    void failureNamesChannelSizeLimitAndProperty() {
        runner().run((context) -> assertThatExceptionOfType(StatusRuntimeException.class)
            .isThrownBy(() -> find(context.getBean(RpcChannels.class).get("places"), text(12_000)))
            .withMessage("RESOURCE_EXHAUSTED: Not sent: the request headers of the call have "
                    + (12_000 + 38 + 560 + "places.v1.Places/Find".length() + ("localhost:" + server.port()).length())
                    + " bytes, and the channel 'places' to localhost:" + server.port() + " may send 8192"
                    + " (rpc.client.channels.places.max-outbound-metadata-size)"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "deadline=5s", "compression=gzip", "user-agent=atlas/1.0", "metadata.x-team=maps",
            "authority=places.example.org" })
    void callAtTheLimitIsServedByServersWithTheSameLimit(String property) {
        runner("rpc.client.channels.places." + property).run((context) -> {
            Channel channel = context.getBean(RpcChannels.class).get("places");
            int most = 10_000 - tooMuch(channel, text(10_000));
            assertThat(find(channel, text(most))).isNotNull();
            assertThat(tooMuch(channel, text(most + 1))).isOne();
            assertThat(find(channel, bytes(most * 3 / 4 - 5))).isNotNull();
            assertThat(tooMuch(channel, bytes(most * 3 / 4))).isBetween(1, 10);
        });
    }

    @Test
    void limitIsConfiguredAndInherited() throws IOException {
        try (RecordingServer generous = RecordingServer.start(
                Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()).maxInboundMetadataSize(70_000),
                new PlacesFixture())) {
            runner("rpc.client.defaults.max-outbound-metadata-size=64KB",
                    "rpc.client.channels.small.max-outbound-metadata-size=1KB",
                    "rpc.client.channels.[my_places].user-agent=atlas", generous.asTargetOf("places"),
                    generous.asTargetOf("small"), generous.asTargetOf("[my_places]"))
                .run((context) -> {
                    RpcChannels channels = context.getBean(RpcChannels.class);
                    assertThat(find(channels.get("places"), text(60_000))).isNotNull();
                    assertThat(PlacesGrpc.newBlockingStub(channels.get("small")).find(ZURICH)).isNotNull();
                    assertThat(find(channels.get("small"), text(100))).isNotNull();
                    assertNames("rpc.client.channels.small.", channels.get("small"), text(1000));
                    assertNames("rpc.client.channels.\"[my_places]\".", channels.get("my_places"), text(70_000));
                    try (RuntimeChannel unnamed = channels.open("localhost:" + generous.port())) {
                        assertNames("rpc.client.defaults.", unnamed, text(70_000));
                    }
                });
        }
    }

    private static void assertAllKindsFail(Channel channel, CallOptions options) {
        CallCredentials credentials = options.getCredentials();
        assertTooLarge(() -> PlacesGrpc.newBlockingStub(channel).withCallCredentials(credentials).find(ZURICH));
        assertTooLarge(() -> PlacesGrpc.newBlockingStub(channel)
            .withCallCredentials(credentials)
            .within(Area.getDefaultInstance())
            .next());
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(() -> PlacesGrpc.newFutureStub(channel).withCallCredentials(credentials).find(ZURICH).get())
            .havingCause()
            .withMessageContaining("max-outbound-metadata-size");
        assertTooLarge(() -> {
            try (RpcStream<Area, Place> stream = RpcStream.open(channel, PlacesGrpc.getWithinMethod(), options)) {
                stream.hasNext();
            }
        });
        assertTooLarge(() -> {
            try (RpcStream<Point, Distance> stream = RpcStream.open(channel, PlacesGrpc.getTravelMethod(), options)) {
                stream.finish();
            }
        });
        assertTooLarge(() -> {
            try (RpcStream<Note, Note> stream = RpcStream.open(channel, PlacesGrpc.getNotesMethod(), options)) {
                stream.next();
            }
        });
    }

    private static void assertTooLarge(ThrowingCallable call) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call)
            .satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED))
            .satisfies((ex) -> assertThat(Details.reason(ex)).isEqualTo("METADATA_TOO_LARGE"))
            .withMessageContaining("max-outbound-metadata-size");
    }

    private static void assertNames(String place, Channel channel, Metadata headers) {
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> find(channel, headers))
            .withMessageEndingWith("(" + place + "max-outbound-metadata-size)");
    }

    /** By how many bytes a call is over the limit of 8 KB. */
    private static int tooMuch(Channel channel, Metadata headers) {
        StatusRuntimeException refusal = catchThrowableOfType(StatusRuntimeException.class,
                () -> find(channel, headers));
        Matcher size = SIZE.matcher(refusal.getMessage());
        assertThat(size.find()).as(refusal.getMessage()).isTrue();
        return Integer.parseInt(size.group(1)) - 8192;
    }

    private static Place find(Channel channel, Metadata headers) {
        return PlacesGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .find(ZURICH);
    }

    private static void echo(RpcStream<Note, Note> stream) {
        stream.send(Note.getDefaultInstance());
        assertThat(stream.next()).isNotNull();
    }

    private static Metadata text(int length) {
        Metadata headers = new Metadata();
        headers.put(TEXT, "x".repeat(length));
        return headers;
    }

    private static Metadata bytes(int length) {
        Metadata headers = new Metadata();
        headers.put(BYTES, new byte[length]);
        return headers;
    }

    private static ApplicationContextRunner runner(String... properties) {
        return StarterRunner.withServerOnFreePort()
            .withPropertyValues(server.asTargetOf("places"))
            .withPropertyValues(properties);
    }

    /** Adds headers, at once or later on another thread. */
    private static final class Token extends CallCredentials {

        private final Metadata headers;

        private final boolean later;

        Token(Metadata headers, boolean later) {
            this.headers = headers;
            this.later = later;
        }

        @Override
        public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
            Executor chosen = this.later ? executor : Runnable::run;
            chosen.execute(() -> applier.apply(this.headers));
        }

    }

}
