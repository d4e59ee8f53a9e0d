package io.rpcspring.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

import com.google.common.util.concurrent.ListenableFuture;
import com.sun.management.UnixOperatingSystemMXBean;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.DefaultServer;
import io.rpcspring.fixture.Memory;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.fixture.RawConnection.Frame;
import io.rpcspring.fixture.WithLibrary;
import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.PlaceName;
import io.rpcspring.sample.places.PlacesGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a server does about clients that mean harm, and about honest ones that look like
 * it: with default settings, but for how many resets are a flood. {@link ResetTests} has
 * the default.
 */
@ExtendWith(OutputCaptureExtension.class)
class AbuseTests {

    private static final int FRAMES = 5_000;

    private static final int LOG_LIMIT = 1024 * 1024;

    private static final DefaultServer server = DefaultServer.start("rpc.server.limits.resets=2000");

    private final Connection honest = Connection.to("localhost:" + server.port());

    @BeforeEach
    void callOnce() {
        assertThat(this.honest.find("Zurich").getName()).isEqualTo("Zurich");
    }

    @AfterEach
    void callAgain() {
        assertThat(this.honest.find("Zurich").getName()).isEqualTo("Zurich");
        this.honest.close();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void resetFloodIsToldToCalmDown() throws Exception {
        try (RawConnection attacker = RawConnection.to(server.port())) {
            resetFlood(attacker);
            assertCalmed(attacker);
        }
    }

    @Test
    void protocolErrorsThatProvokeResetsAreCounted(CapturedOutput output) throws Exception {
        int before = output.length();
        try (RawConnection attacker = RawConnection.to(server.port())) {
            madeYouReset(attacker);
            assertThat(attacker.closes(20)).isTrue();
            assertThat(attacker.received()).as("answers").hasSizeLessThan(FRAMES * 3 / 4);
        }
        assertThat(output.length() - before).isLessThan(10_000);
    }

    @Test
    void connectionIsToldHowManyCallsItMayHave() throws Exception {
        try (RawConnection client = RawConnection.to(server.port())) {
            assertThat(client.await(RawConnection.SETTINGS).payload()).contains("\u0000\u0003\u0000\u0000\u0003\u00e8");
        }
    }

    @WithLibrary("grpc-services")
    @Test
    void silentAndDrippingConnectionsAreDroppedWhileHealthAnswers() throws Exception {
        try (DefaultServer strict = DefaultServer.start("rpc.server.limits.handshake-timeout=1s");
                Connection watcher = Connection.to("localhost:" + strict.port())) {
            await().ignoreExceptions().until(() -> isServing(watcher));
            List<RawConnection> connections = new ArrayList<>();
            for (int i = 0; i < 250; i++) {
                connections.add(RawConnection.silent(strict.port()));
            }
            byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < preface.length; i++) {
                drip(connections, preface[i]);
                assertThat(isServing(watcher)).isTrue();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(60));
            }
            for (RawConnection connection : connections) {
                assertThat(connection.closes(15)).isTrue();
                connection.close();
            }
        }
    }

    private static boolean isServing(Connection connection) {
        return HealthGrpc.newBlockingStub(connection.channel())
            .withDeadlineAfter(5, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus() == ServingStatus.SERVING;
    }

    /** Every second one drips; the others are silent. */
    private static void drip(List<RawConnection> connections, byte drop) {
        for (int i = 0; i < connections.size(); i += 2) {
            try {
                connections.get(i).write(new byte[] { drop });
            }
            catch (IOException ex) {
                // It was dropped.
            }
        }
    }

    @Test
    void cancelledCallsAddNoThreadBeyondTheirPool() {
        String pool = "rpc-default-";
        for (int i = 0; i < 1_000; i++) {
            ListenableFuture<Place> call = PlacesGrpc.newFutureStub(this.honest.channel())
                .find(PlaceName.newBuilder().setName("Zurich").build());
            call.cancel(true);
        }
        assertThat(Thread.getAllStackTraces().keySet().stream().filter((thread) -> thread.getName().startsWith(pool)))
            .hasSizeLessThanOrEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "5", "S", "5x", "-5S", "999999999S", " 5S" })
    void timeoutThatCannotBeReadIsNamed(String timeout) throws Exception {
        assertThat(find(RawConnection.call(1, RawConnection.FIND, "grpc-timeout", timeout),
                RawConnection.message(1, false, new byte[0])))
            .isEqualTo("13 The grpc-timeout '" + timeout + "' is not 1 to 8 digits and a unit of H, M, S, m, u or n");
    }

    @ParameterizedTest
    @ValueSource(strings = { "99999999H", "99999999S", "5S" })
    void longestTimeoutIsServed(String timeout) throws Exception {
        assertThat(find(RawConnection.call(1, RawConnection.FIND, "grpc-timeout", timeout),
                RawConnection.message(1, false, new byte[0])))
            .isEqualTo("0 ");
    }

    @Test
    void requestThatIsNoMessageIsAnInvalidArgument() throws Exception {
        assertThat(find(RawConnection.call(1, RawConnection.FIND),
                RawConnection.message(1, false, new byte[] { 0, 0, 1 })))
            .isEqualTo("3 The request of places.v1.Places/Find is not a valid message:"
                    + " Protocol message contained an invalid tag (zero).");
    }

    @Test
    void requestThatCannotBeDecompressedSaysSo() throws Exception {
        byte[] call = RawConnection.call(1, RawConnection.FIND, "grpc-encoding", "gzip");
        assertThat(find(call, RawConnection.message(1, true, new byte[20])))
            .isEqualTo("13 The request of places.v1.Places/Find cannot be decompressed: Not in GZIP format");
    }

    @Test
    void requestThatGrowsTooLargeIsRefused() throws Exception {
        List<byte[]> frames = new ArrayList<>();
        frames.add(RawConnection.call(1, RawConnection.FIND, "grpc-encoding", "gzip"));
        frames.addAll(bomb());
        assertThat(find(frames.toArray(new byte[0][])))
            .isEqualTo("8 Decompressed gRPC message exceeds maximum size 4194304");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            unknown encoding          | 12 Can't find decompressor for br
            compressed without saying | 13 Can't decode compressed gRPC message as compression not configured
            oversize length           | 8 gRPC message exceeds maximum size 4194304: 5000000
            negative length           | 8 gRPC message exceeds maximum size 4194304: -1
            lying length              | 13 Encountered end-of-stream mid-frame
            no message                | 13 Half-closed without a request
            unknown method            | 12 Method not found: x/y
            path without slash        | 12 Expected path to start with /: x
            wrong content type        | 13 Content-Type 'text/html' is not supported
            """)
    void malformedCallIsAnswered(String kind, String answer) throws Exception {
        byte[] call = RawConnection.call(1, RawConnection.FIND);
        byte[] empty = RawConnection.message(1, false, new byte[0]);
        String status = switch (kind) {
            case "unknown encoding" -> find(RawConnection.call(1, RawConnection.FIND, "grpc-encoding", "br"), empty);
            case "compressed without saying" -> find(call, RawConnection.message(1, true, new byte[3]));
            case "oversize length" -> find(call, RawConnection.data(1, false, 5_000_000, new byte[3]));
            case "negative length" -> find(call, RawConnection.data(1, false, -1, new byte[3]));
            case "lying length" -> find(call, RawConnection.data(1, false, 100, new byte[3]));
            case "no message" ->
                find(call, RawConnection.bytes(RawConnection.DATA, RawConnection.END_STREAM, 1, new byte[0]));
            case "unknown method" -> find(RawConnection.call(1, "/x/y"), empty);
            case "path without slash" -> find(RawConnection.call(1, "x"), empty);
            default -> find(RawConnection.bytes(RawConnection.HEADERS, RawConnection.END_HEADERS, 1,
                    RawConnection.block(RawConnection.FIND, "text/html")));
        };
        assertThat(status).isEqualTo(answer);
    }

    @Tag("slow")
    @Test
    void allAttacksTwiceLeaveLittleLogAndNothingElse(CapturedOutput output) throws Exception {
        attackInAllWays();
        int log = output.length();
        assertThat(log).isLessThan(LOG_LIMIT);
        assertThat(output).doesNotContain("\tat ");
        long memory = Memory.used();
        long threads = threads();
        long files = openFiles();
        attackInAllWays();
        assertThat(output.length() - log).isLessThan(LOG_LIMIT);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(Memory.used() - memory).isLessThan(16 * 1024 * 1024);
            assertThat(threads()).isLessThanOrEqualTo(threads + 2);
            assertThat(openFiles()).isLessThanOrEqualTo(files + 2);
            assertThat(server.runningCalls()).isZero();
        });
    }

    private void attackInAllWays() throws Exception {
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        RawConnection.literal(headers, "x", "y".repeat(10_000));
        attack(AbuseTests::resetFlood);
        attack(AbuseTests::madeYouReset);
        attack((attacker) -> flood(attacker, RawConnection.SETTINGS, 0, 0));
        attack((attacker) -> flood(attacker, RawConnection.PING, 0, 8));
        attack((attacker) -> flood(attacker, RawConnection.PING, RawConnection.ACK, 8));
        attack((attacker) -> flood(attacker, RawConnection.PRIORITY, 0, 5));
        attack((attacker) -> {
            attacker.write(RawConnection.call(1, RawConnection.FIND));
            flood(attacker, RawConnection.DATA, 0, 0);
        });
        attack((attacker) -> {
            attacker.frame(RawConnection.HEADERS, 0, 1, RawConnection.block(RawConnection.FIND, "application/grpc"));
            flood(attacker, RawConnection.CONTINUATION, 0, 0);
        });
        attack((attacker) -> attacker.frame(RawConnection.HEADERS, 0, 1, headers.toByteArray()));
        attack((attacker) -> attacker.frame(RawConnection.HEADERS, RawConnection.END_HEADERS, 1, hpackBomb()));
        attack((attacker) -> attacker.write(RawConnection.call(1, "")));
        attack((attacker) -> flood(attacker, RawConnection.WINDOW_UPDATE, 0, 4));
        attack((attacker) -> {
            // No window to answer in.
            attacker.frame(RawConnection.SETTINGS, 0, 0, new byte[] { 0, 4, 0, 0, 0, 0 });
            for (int stream = 1; stream < 200; stream += 2) {
                attacker.write(RawConnection.call(stream, RawConnection.FIND))
                    .write(RawConnection.message(stream, false, new byte[0]));
            }
        });
        for (String first : List.of("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "\u0016\u0003\u0001\u0000\u00fa\u0001\u0000\u0000\u00f6\u0003\u0003 hello", "\u0000".repeat(5_000))) {
            try (RawConnection attacker = RawConnection.silent(server.port())) {
                attacker.write(first.getBytes(StandardCharsets.ISO_8859_1));
                assertThat(attacker.closes(15)).isTrue();
            }
        }
        for (int i = 0; i < 1_000; i++) {
            attack((attacker) -> attacker.write(RawConnection.call(1, "/places.v1.Places/Notes"))
                .write(RawConnection.bytes(RawConnection.DATA, 0, 1, new byte[5])));
        }
    }

    /** Attacks, waits as long as the server may need to react, and vanishes. */
    private void attack(Attack attack) throws Exception {
        try (RawConnection attacker = RawConnection.to(server.port())) {
            attack.by(attacker);
            attacker.await(RawConnection.SETTINGS);
        }
        catch (IOException ex) {
            // The server has closed the connection.
        }
        assertThat(this.honest.places()
            .withDeadlineAfter(5, TimeUnit.SECONDS)
            .find(PlaceName.newBuilder().setName("Zurich").build())
            .getName()).isEqualTo("Zurich");
    }

    private static void resetFlood(RawConnection attacker) {
        floodOfCalls(attacker, RawConnection.RST_STREAM, 8);
    }

    /** CVE-2025-8671: the server resets what the attacker has not even cancelled. */
    private static void madeYouReset(RawConnection attacker) {
        floodOfCalls(attacker, RawConnection.WINDOW_UPDATE, 0);
    }

    private static void floodOfCalls(RawConnection attacker, int type, int value) {
        try {
            for (int i = 0; i < FRAMES; i++) {
                int stream = 2 * i + 1;
                attacker.write(RawConnection.call(stream, RawConnection.FIND))
                    .frame(type, 0, stream, RawConnection.integer(value));
            }
        }
        catch (IOException ex) {
            // The server has closed the connection.
        }
    }

    private static void flood(RawConnection attacker, int type, int flags, int size) throws IOException {
        int stream = (type == RawConnection.SETTINGS || type == RawConnection.PING) ? 0 : 1;
        for (int i = 0; i < FRAMES; i++) {
            attacker.frame(type, flags, stream, new byte[size]);
        }
    }

    /** A large header, and then its number in the table again and again. */
    private static byte[] hpackBomb() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        RawConnection.literal(block, "x", "y".repeat(4_000));
        byte[] bytes = block.toByteArray();
        bytes[0] = 0x40;
        byte[] bomb = Arrays.copyOf(bytes, bytes.length + 10_000);
        Arrays.fill(bomb, bytes.length, bomb.length, (byte) (0x80 | 62));
        return bomb;
    }

    /** 100 MB of a place's name, in a few frames. */
    private static List<byte[]> bomb() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(new byte[] { 10, (byte) 0x80, (byte) 0xc2, (byte) 0xd7, 0x2f });
            gzip.write(new byte[100_000_000]);
        }
        byte[] whole = RawConnection.data(1, true, packed.size(), packed.toByteArray());
        byte[] payload = Arrays.copyOfRange(whole, 9, whole.length);
        List<byte[]> frames = new ArrayList<>();
        for (int from = 0; from < payload.length; from += 16_000) {
            int to = Math.min(payload.length, from + 16_000);
            frames.add(RawConnection.bytes(RawConnection.DATA, (to == payload.length) ? 1 : 0, 1,
                    Arrays.copyOfRange(payload, from, to)));
        }
        return frames;
    }

    private String find(byte[]... frames) throws IOException {
        try (RawConnection client = RawConnection.to(server.port())) {
            for (byte[] frame : frames) {
                client.write(frame);
            }
            return client.status();
        }
    }

    private static void assertCalmed(RawConnection attacker) throws InterruptedException {
        Frame goAway = attacker.await(RawConnection.GOAWAY);
        assertThat(goAway.code()).isEqualTo(RawConnection.ENHANCE_YOUR_CALM);
        assertThat(goAway.debug()).isEqualTo("too_many_rststreams");
        assertThat(attacker.closes(20)).isTrue();
    }

    /** Without those of the pools, which have a limit, and those of the clients. */
    private static long threads() {
        return Thread.getAllStackTraces()
            .keySet()
            .stream()
            .filter((thread) -> !thread.getName().matches("rpc-(default|streams)-.*|grpc-default-executor-.*"))
            .count();
    }

    /** Counted where the operating system tells. */
    private static long openFiles() {
        return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)
                ? system.getOpenFileDescriptorCount() : 0;
    }

    /** Does harm. */
    private interface Attack {

        void by(RawConnection attacker) throws IOException;

    }

}
