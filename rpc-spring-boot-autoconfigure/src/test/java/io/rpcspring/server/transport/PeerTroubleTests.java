package io.rpcspring.server.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.rpcspring.MessageSender;
import io.rpcspring.fixture.BusyPlaces;
import io.rpcspring.fixture.DefaultServer;
import io.rpcspring.fixture.RawConnection;
import io.rpcspring.sample.places.Area;
import io.rpcspring.sample.places.Place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whom the log blames for what ends calls and connections.
 */
@ExtendWith(OutputCaptureExtension.class)
class PeerTroubleTests {

    private static final String BLAME = "A client of the gRPC server broke the protocol: ";

    private static final String NOBODY = "A client of the gRPC server left: ";

    private static final byte[] NO_WINDOW = { 0, 4, 0, 0, 0, 0 };

    private static final DefaultServer server = DefaultServer.start(Application.class);

    private final TalkativePlaces places = server.application().getBean(TalkativePlaces.class);

    /** Where the log of this test begins. */
    private int start;

    @BeforeEach
    void begin(CapturedOutput output) {
        this.start = output.length();
    }

    @AfterEach
    void logAsBefore() {
        logAt(null);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void nobodyIsBlamedWhenAClientGivesUpBeforeItHasRead(CapturedOutput output) throws Exception {
        try (RawConnection client = talkedAt()) {
            client.frame(RawConnection.RST_STREAM, 0, 1, RawConnection.integer(8));
            await().until(() -> this.places.talking.get() == 0);
            assertServes(client);
        }
        assertThat(log(output)).doesNotContain(BLAME).doesNotContain(NOBODY);
    }

    @Test
    void clientThatGivesUpIsToldOfAtDebug(CapturedOutput output) throws Exception {
        logAt(LogLevel.DEBUG);
        // The reset has to come while something waits to be written.
        await().untilAsserted(() -> {
            try (RawConnection client = talkedAt()) {
                client.frame(RawConnection.RST_STREAM, 0, 1, RawConnection.integer(8));
                await().until(() -> this.places.talking.get() == 0);
                assertServes(client);
            }
            assertThat(log(output)).contains(NOBODY + "Stream closed before write could take place");
        });
        assertThat(log(output)).doesNotContain(BLAME);
    }

    @Test
    void nobodyIsBlamedWhenAConnectionIsLost(CapturedOutput output) throws Exception {
        talkedAt().close();
        await().until(() -> this.places.talking.get() == 0);
        assertThat(log(output)).doesNotContain(BLAME).doesNotContain(NOBODY);
    }

    @Test
    void nobodyIsBlamedWhenAClientSaysGoodbyeBeforeItHasRead(CapturedOutput output) throws Exception {
        try (RawConnection client = talkedAt()) {
            client.frame(RawConnection.GOAWAY, 0, 0, new byte[8]);
        }
        await().until(() -> this.places.talking.get() == 0);
        assertThat(log(output)).doesNotContain(BLAME).doesNotContain(NOBODY);
    }

    @Test
    void clientIsBlamedForARequestThatIsTooLarge(CapturedOutput output) {
        awaitBlame(output, "RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 4194304: 5000000", () -> {
            try (RawConnection client = RawConnection.to(server.port())) {
                client.write(RawConnection.call(1, RawConnection.FIND))
                    .write(RawConnection.data(1, false, 5_000_000, new byte[3]));
                assertThat(client.status()).startsWith("8 ");
            }
        });
    }

    @Test
    void clientIsBlamedForWhatIsNoHttp2(CapturedOutput output) {
        awaitBlame(output, "HTTP/2 client preface string missing", () -> {
            try (RawConnection client = RawConnection.silent(server.port())) {
                client.write(new byte[100]);
                assertThat(client.closes(20)).isTrue();
            }
        });
    }

    /** Not each is logged, if tests before this one have made many. */
    private void awaitBlame(CapturedOutput output, String what, ThrowingRunnable trouble) {
        await().ignoreExceptionsInstanceOf(ConditionTimeoutException.class).untilAsserted(() -> {
            trouble.run();
            await().atMost(Duration.ofSeconds(1)).untilAsserted(() -> assertThat(log(output)).contains(BLAME + what));
        });
    }

    /** A client that the server cannot send as much as it has to say. */
    private RawConnection talkedAt() throws IOException {
        RawConnection client = RawConnection.to(server.port());
        client.frame(RawConnection.SETTINGS, 0, 0, NO_WINDOW)
            .write(RawConnection.call(1, "/places.v1.Places/Within"))
            .write(RawConnection.message(1, false, new byte[0]));
        client.await(RawConnection.HEADERS);
        return client;
    }

    /** The server has done all that it does about what came before. */
    private static void assertServes(RawConnection client) throws IOException {
        client.frame(RawConnection.PING, 0, 0, new byte[8]);
        assertThat(client.await(RawConnection.PING)).isNotNull();
    }

    private String log(CapturedOutput output) {
        return output.toString().substring(this.start);
    }

    private static void logAt(@Nullable LogLevel level) {
        LoggingSystem.get(PeerTroubleTests.class.getClassLoader())
            .setLogLevel(PeerTrouble.class.getPackageName(), level);
    }

    /** Serves places. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(TalkativePlaces.class)
    static class Application {

    }

    /** Says more than anybody reads. */
    static class TalkativePlaces extends BusyPlaces {

        private final AtomicInteger talking = new AtomicInteger();

        @Override
        public void within(Area area, MessageSender<Place> out) {
            this.talking.incrementAndGet();
            try {
                while (true) {
                    out.send(Place.newBuilder().setName("x".repeat(1_000)).build());
                }
            }
            finally {
                this.talking.decrementAndGet();
            }
        }

    }

}
