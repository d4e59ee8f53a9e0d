package io.rpcspring.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

import com.google.protobuf.ByteString;
import io.grpc.Decompressor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.DefaultServer;
import io.rpcspring.fixture.Memory;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.fixture.WithLibrary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Large requests leave nothing outside of the heap, however broken they are.
 */
@WithLibrary("grpc-services")
class LargeRequestTests {

    private static final int REQUESTS = 100;

    private static final int SIZE = 900_000;

    private static final int LEFT_OVER = 1024 * 1024;

    private static final int FRAME = 16_384;

    /** In a pool, on the transport's thread, and one that has a thread while it lives. */
    private static final List<String> METHODS = List.of(RawConnection.FIND, "/grpc.health.v1.Health/Check",
            "/places.v1.Places/Travel");

    private static final DefaultServer server = DefaultServer.start(Application.class,
            "rpc.server.pools.default.type=platform", "rpc.server.pools.default.size=1",
            "rpc.server.pools.default.queue-timeout=5m", "rpc.server.limits.message-size=" + 1_000_000 + "B",
            "rpc.server.limits.flow-control-window=4MB");

    private static final Connection honest = Connection.to("localhost:" + server.port());

    /** What the server takes once and keeps. */
    @BeforeAll
    static void warmUp() throws IOException {
        sendAll(Way.VALID);
    }

    @AfterAll
    static void stop() {
        honest.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void requestLeavesNothingOutsideOfTheHeap(Way way) throws Exception {
        long before = Memory.inBuffers();
        sendAll(way);
        assertNothingIsLeftSince(before);
    }

    @Test
    void requestThatIsCancelledInTheQueueLeavesNothingEither() throws Exception {
        BusyPlaces places = server.application().getBean(BusyPlaces.class);
        long before = Memory.inBuffers();
        int entered = places.entered.get();
        try (RawConnection stuck = RawConnection.to(server.port())) {
            stuck.write(RawConnection.call(1, RawConnection.FIND))
                .write(RawConnection.message(1, false, new byte[] { 10, 5, 's', 't', 'u', 'c', 'k' }));
            await().until(() -> places.entered.get() == entered + 1);
            List<RawConnection> waiting = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                RawConnection client = connect();
                waiting.add(client);
                send(client, (i % 2 == 0) ? Way.VALID : Way.NO_GZIP, RawConnection.FIND);
            }
            await().until(() -> waiting() == REQUESTS);
            for (RawConnection client : waiting) {
                client.frame(RawConnection.RST_STREAM, 0, 1, RawConnection.integer(8));
            }
            await().until(() -> waiting() == 0);
            waiting.forEach(RawConnection::close);
        }
        assertThat(places.entered.get()).isEqualTo(entered + 1);
        assertNothingIsLeftSince(before);
    }

    private static int waiting() {
        return Objects.requireNonNull(server.application().getBean(RpcServer.class).poolStatistics().get("default"))
            .waiting();
    }

    private static void assertNothingIsLeftSince(long before) {
        await().atMost(Duration.ofSeconds(20))
            .untilAsserted(() -> assertThat(Memory.inBuffers() - before).isLessThan(LEFT_OVER));
        assertThat(honest.find("0").getZone()).startsWith("rpc-default-");
    }

    private static void sendAll(Way way) throws IOException {
        for (int i = 0; i < REQUESTS; i++) {
            String method = METHODS.get(i % way.methods);
            try (RawConnection client = connect()) {
                send(client, way, method);
                if (way.answer != null) {
                    assertThat(client.status()).as(method).startsWith(way.answer);
                }
            }
        }
    }

    /** Connects, and agrees to the server's window. */
    private static RawConnection connect() throws IOException {
        RawConnection client = RawConnection.to(server.port());
        client.await(RawConnection.SETTINGS);
        return client.frame(RawConnection.SETTINGS, RawConnection.ACK, 0, new byte[0]);
    }

    private static void send(RawConnection client, Way way, String method) throws IOException {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        frames.writeBytes((way.encoding != null) ? RawConnection.call(1, method, "grpc-encoding", way.encoding)
                : RawConnection.call(1, method));
        for (int from = 0; from < way.data.size(); from += FRAME) {
            int to = Math.min(way.data.size(), from + FRAME);
            int end = (to == way.data.size() && way.answer != null) ? RawConnection.END_STREAM : 0;
            frames.writeBytes(
                    RawConnection.bytes(RawConnection.DATA, end, 1, way.data.substring(from, to).toByteArray()));
        }
        if (way == Way.CANCELLED_MIDWAY) {
            frames.writeBytes(RawConnection.bytes(RawConnection.RST_STREAM, 0, 1, RawConnection.integer(8)));
        }
        client.write(frames.toByteArray());
    }

    private static byte[] message() {
        byte[] noise = new byte[SIZE];
        new Random(1).nextBytes(noise);
        return field(noise);
    }

    /** A field that nobody knows, of a length that takes three bytes to tell. */
    private static byte[] field(byte[] value) {
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        field.write(15 * 8 + 2);
        field.write((value.length & 127) + 128);
        field.write(((value.length >> 7) & 127) + 128);
        field.write(value.length >> 14);
        field.writeBytes(value);
        return field.toByteArray();
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
        return packed.toByteArray();
    }

    /** Little more than the others, and much more when it is unpacked. */
    private static byte[] bomb() {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(message());
        message.writeBytes(field(new byte[1_000_000]));
        return gzip(message.toByteArray());
    }

    private static byte[] bentInTheMiddle(byte[] bytes) {
        Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0);
        return bytes;
    }

    /** What a request is, and how it is answered; null where nobody waits for it. */
    private enum Way {

        VALID(null, message(), "0 "),

        NO_MESSAGE(null, new byte[SIZE], "3 The request of "),

        VALID_GZIP("gzip", gzip(message()), "0 "),

        NO_GZIP("gzip", message(), "13 The request of "),

        CUT_GZIP("gzip", Arrays.copyOf(gzip(message()), SIZE / 2), "13 The request of "),

        BENT_GZIP("gzip", bentInTheMiddle(gzip(message())), "13 The request of "),

        GZIP_BOMB("gzip", bomb(), "8 Decompressed gRPC message exceeds maximum size 1000000"),

        /** Its decompressor throws what it should not. */
        ODD("odd", message(), "2 "),

        TOO_LARGE(null, new byte[1_000_001], "8 gRPC message exceeds maximum size 1000000: 1000001"),

        /** The stream is reset when half of the message has come. */
        CANCELLED_MIDWAY(null, message(), null),

        /** So is the connection. */
        LOST_MIDWAY(null, message(), null);

        private final @Nullable String encoding;

        private final @Nullable String answer;

        /** How many are tried: a stream's handler may be quicker than the transport. */
        private final int methods;

        private final ByteString data;

        Way(@Nullable String encoding, byte[] message, @Nullable String answer) {
            this.encoding = encoding;
            this.answer = answer;
            this.methods = List.of("ODD", "TOO_LARGE").contains(name()) ? 2 : METHODS.size();
            byte[] data = ByteBuffer.allocate(5 + message.length)
                .put((byte) ((encoding != null) ? 1 : 0))
                .putInt(message.length)
                .put(message)
                .array();
            this.data = ByteString.copyFrom(data, 0, (answer != null) ? data.length : data.length / 2);
        }

    }

    /** Serves places. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({ BusyPlaces.class, Odd.class })
    static class Application {

    }

    /** Cannot decompress anything. */
    static class Odd implements Decompressor {

        @Override
        public String getMessageEncoding() {
            return "odd";
        }

        @Override
        public InputStream decompress(InputStream compressed) {
            throw new IllegalStateException("odd");
        }

    }

}
